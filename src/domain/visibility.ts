/** What a viewer may see: everything, or the activity of their own keys and whatever the policies that name them decide. */

import type { AuditEvent } from './audit-event.js';
import type { PersonId } from './person.js';
import type { Policy, PolicyId } from './policy/policy.js';
import type { PrincipalId } from './principal.js';

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

/** The viewer's own refused actions stay hidden, because they could reveal resources that the viewer may not see. */
export function seesEvent(
  visibility: VisibilityScope,
  { principal, actor, refusal, resources = [] }: AuditEvent,
): boolean {
  if (visibility.everything || (principal && visibility.principals.includes(principal)))
    return true;
  if (refusal === undefined && actorIds(visibility).includes(actor.id)) return true;
  return resources.length > 0 && visibility.deciding(resources) !== undefined;
}

/** The actor ids of the viewer's own actions in the audit trail. Empty for a key, which sees only events about its principal. */
export function actorIds({ person, principals }: VisibilityScope): readonly string[] {
  return person ? [person, ...principals] : [];
}

/** The literal prefixes of the patterns, without those that another prefix includes. */
export function prefixesOf(patterns: readonly string[]): readonly string[] {
  const all = [...new Set(patterns.map((pattern) => pattern.split('*', 1).join('')))];
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)));
}
