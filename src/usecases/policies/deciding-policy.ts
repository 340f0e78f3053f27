/** Which policy decides these resources now, and who may approve under it. */

import type { Approval } from '../../domain/approval.js';
import { isGroupEntry } from '../../domain/approver-entry.js';
import { isEscalated } from '../../domain/policy/escalation.js';
import { approversOf, type Policy, type PolicyRules } from '../../domain/policy/policy.js';
import type { PolicyIndex } from '../../domain/policy/policy-index.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { SlackGroups } from '../../ports/index.js';

/** The most specific policy of every resource; refused with `no_policy`, or with `mixed_policies` and how to split. `policies` are those that cover the resources. */
export function decidingPolicy<P extends PolicyRules>(
  policies: PolicyIndex<P>,
  resources: readonly string[],
): Result<P> {
  const groups = new Map<string, { policy: P; resources: string[] }>();
  for (const resource of new Set(resources)) {
    const policy = policies.deciding(resource);
    if (!policy) return refused({ code: 'no_policy' });
    const group = groups.get(policy.uri) ?? { policy, resources: [] };
    groups.set(policy.uri, { policy, resources: [...group.resources, resource] });
  }
  const [first, second] = groups.values();
  if (!first) return refused({ code: 'no_policy' });
  if (second)
    return refused({
      code: 'mixed_policies',
      groups: [...groups.values()].map((group) => group.resources),
    });
  return ok(first.policy);
}

/** A policy, the policies that cover what it covers, and the installation's approvers, which count where no policy names any. */
export interface Deciding {
  readonly policy: Policy;
  /** A policy that covers the pattern of `policy` also covers all of its resources, so those of a resource are enough. */
  readonly policies: PolicyIndex<Policy>;
  readonly defaults: readonly string[];
}

/** The entries that name who may decide under this policy, inherited ones included: e-mails, Slack users and user groups. */
export const namedApproverEntries = ({ policy, policies, defaults }: Deciding): readonly string[] =>
  approversOf(policy, policies.covering(policy.uri), defaults);

/** The same entries and the members of their groups, if Slack confirmed the membership recently enough to decide by it. */
export const currentApprovers = (groups: SlackGroups, deciding: Deciding) =>
  withGroupMembers(groups, namedApproverEntries(deciding));

/** Everyone who may decide this request at that time of the database's clock: further approvers too, once it is escalated. */
export const approversAt = (
  groups: SlackGroups,
  deciding: Deciding,
  approval: Pick<Approval, 'createdAt'>,
  now: Date,
) => withGroupMembers(groups, approverEntriesAt(deciding, approval, now));

/** The entries that name them; a group stands for its members. */
export function approverEntriesAt(
  deciding: Deciding,
  { createdAt }: Pick<Approval, 'createdAt'>,
  now: Date,
): readonly string[] {
  const { policy } = deciding;
  const further = isEscalated(policy, createdAt, now) ? (policy.escalateTo ?? []) : [];
  return [...namedApproverEntries(deciding), ...further];
}

/** Adds members by their Slack ids. A group whose membership is too old adds no one. */
export async function withGroupMembers(
  groups: SlackGroups,
  entries: readonly string[],
): Promise<readonly string[]> {
  const named = entries.filter(isGroupEntry);
  if (named.length === 0) return entries;
  const members = await groups.members(named);
  return [...entries, ...[...members.values()].flat()];
}
