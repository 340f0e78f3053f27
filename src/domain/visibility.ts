/** What a viewer may see: everything, or the activity of their own keys and whatever the policies that name them decide. */

import type { AuditEvent } from './audit-event.js';
import type { PersonId } from './person.js';
import type { Policy, PolicyId } from './policy/policy.js';
import type { PrincipalId } from './principal.js';
import type { EventType } from './vocabulary.js';

export interface VisibilityScope {
  readonly everything: boolean;
  /** The viewer's own principals. */
  readonly principals: readonly PrincipalId[];
  /** Absent for a key that sees only its own activity. */
  readonly person?: PersonId | undefined;
  /** The policies that name the viewer as an approver. */
  readonly policies: readonly PolicyId[];
  /** Every resource that `deciding` accepts begins with one of these prefixes. Queries use them as a coarse filter. */
  readonly prefixes: readonly string[];
  /**
   * The policy that decides these resources now, if the viewer is one of its approvers. Escalation approvers count once a request
   * made at `requestedAt` has waited for the policy's `escalateAfter`.
   */
  deciding(resources: readonly string[], requestedAt?: Date): Policy | undefined;
}

/** The scope of a key that sees its own activity, or of a viewer who sees everything. It contains no approver's rights. */
export const ownVisibility = (
  everything: boolean,
  principals: readonly PrincipalId[],
  person?: PersonId,
): VisibilityScope => ({
  everything,
  principals,
  person,
  policies: [],
  prefixes: [],
  deciding: () => undefined,
});

/** The principal and the resources of a request or grant. */
export interface Access {
  readonly principal: PrincipalId;
  readonly resources: readonly string[];
  readonly createdAt?: Date | undefined;
}

export function seesAccess(
  visibility: VisibilityScope,
  { principal, resources, createdAt }: Access,
): boolean {
  if (visibility.everything || visibility.principals.includes(principal)) return true;
  return visibility.deciding(resources, createdAt) !== undefined;
}

/**
 * A key that sees only its own activity sees what it did, and how its requests ended. A person's own refused actions stay hidden,
 * because they could reveal resources that the person may not see.
 */
export function seesEvent(visibility: VisibilityScope, event: AuditEvent): boolean {
  const { principal, actor, refusal, resources = [] } = event;
  if (visibility.everything) return true;
  const own = principal !== undefined && visibility.principals.includes(principal);
  const did = actorIds(visibility).includes(actor.id);
  if (!visibility.person) return own ? did || isOutcome(event) : did && refusal === undefined;
  if (own || (did && refusal === undefined)) return true;
  return resources.length > 0 && visibility.deciding(resources) !== undefined;
}

/** Events in which others end a key's request or grant. A key sees them without names. */
export const OUTCOMES: readonly EventType[] = [
  'approval_decided',
  'approval_expired',
  'approval_cancelled',
  'access_granted',
  'access_revoked',
  'access_released',
];

const isOutcome = ({ type }: Pick<AuditEvent, 'type'>) => OUTCOMES.includes(type);

/** The actor ids of the viewer's own actions in the audit trail. */
export function actorIds({ person, principals }: VisibilityScope): readonly string[] {
  return person ? [person, ...principals] : principals;
}

/** The details of an outcome that contain no name. */
const PLAIN_DETAILS = ['outcome', 'duration', 'automatic'];

/**
 * The event as this viewer may read it. A key that sees only its own activity reads the outcome of others' acts: without their name,
 * id and entry point. `hash` stays the hash of the event as it is recorded.
 */
export function eventShownTo<E extends AuditEvent>(visibility: VisibilityScope, event: E): E {
  if (visibility.everything || visibility.person) return event;
  const { actor, details = {} } = event;
  if (actor.kind === 'system' || visibility.principals.some((id) => id === actor.id)) return event;
  const kept = Object.entries(details).filter(([name]) => PLAIN_DETAILS.includes(name));
  return {
    ...event,
    actor: { kind: actor.kind, id: actor.kind, name: NAMELESS[actor.kind] },
    entryPoint: undefined,
    details: kept.length > 0 ? Object.fromEntries(kept) : undefined,
  };
}

const NAMELESS = {
  key: 'another key',
  person: 'a person',
  stranger: 'a stranger',
} as const;

/** The literal prefixes of the patterns, without those that another prefix includes. */
export function prefixesOf(patterns: readonly string[]): readonly string[] {
  const all = [...new Set(patterns.map((pattern) => pattern.split('*', 1).join('')))];
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)));
}
