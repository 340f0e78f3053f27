/** What one viewer may look at: everything, or the doings of their own keys and what is decided by policies that name them. */

import type { AuditEvent } from './audit-event.js';
import type { PersonId } from './person.js';
import type { Policy, PolicyId } from './policy/policy.js';
import type { PrincipalId } from './principal.js';

export interface VisibilityScope {
  readonly everything: boolean;
  /** Whose doings are the viewer's own. */
  readonly principals: readonly PrincipalId[];
  /** Absent for a key that sees nothing but its own doings. */
  readonly person?: PersonId | undefined;
  /** The policies that name the viewer as an approver. */
  readonly policies: readonly PolicyId[];
  /** What `deciding` finds begins with one of these: a net for an index or a scan, wider than the rule. */
  readonly prefixes: readonly string[];
  /**
   * The policy that decides these resources now, if the viewer is among its approvers. Further approvers are among them once
   * something that was asked at `asked` has met with the policy's silence.
   */
  deciding(resources: readonly string[], asked?: Date): Policy | undefined;
}

/** Of a key that sees its own doings, or of somebody who sees everything; no approver's. */
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

/** Whose access it is, and to what. */
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

/** What was refused to somebody would tell them of what is not theirs, so of their own acts only those are shown that were let. */
export function seesEvent(
  visibility: VisibilityScope,
  { principal, actor, refusal, resources = [] }: AuditEvent,
): boolean {
  if (visibility.everything || (principal && visibility.principals.includes(principal)))
    return true;
  if (refusal === undefined && actorIds(visibility).includes(actor.id)) return true;
  return resources.length > 0 && visibility.deciding(resources) !== undefined;
}

/** By these ids the viewer's own acts are on record; none for a key that sees what it is about alone. */
export function actorIds({ person, principals }: VisibilityScope): readonly string[] {
  return person ? [person, ...principals] : [];
}

/** What every resource that a pattern covers begins with; the widest ones alone. */
export function prefixesOf(patterns: readonly string[]): readonly string[] {
  const all = [...new Set(patterns.map((pattern) => pattern.split('*', 1).join('')))];
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)));
}
