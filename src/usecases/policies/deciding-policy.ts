/** Which policy decides these resources now, and who may approve under it. */

import type { Approval } from '../../domain/approval.js';
import { isGroupEntry } from '../../domain/approver-entry.js';
import { coveringPatterns } from '../../domain/pattern.js';
import { isEscalated } from '../../domain/policy/escalation.js';
import { approversOf, type Policy, type PolicyRules } from '../../domain/policy/policy.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { PolicyReads, Reads, SlackGroups } from '../../ports/index.js';

/** The most specific policy of every resource; refused with `no_policy`, or with `mixed_policies` and how to split. */
export async function decidingPolicy(
  policies: PolicyReads,
  resources: readonly string[],
): Promise<Result<Policy>> {
  const policyOf = new Map<string, Policy | undefined>();
  for (const resource of resources)
    policyOf.set(resource, (await policies.matching(coveringPatterns(resource)))[0]);
  return singleDecidingPolicy(policyOf);
}

/** The same for resources whose policies are already known. */
export function singleDecidingPolicy<P extends PolicyRules>(
  policyOf: ReadonlyMap<string, P | undefined>,
): Result<P> {
  const groups = new Map<string, { policy: P; resources: string[] }>();
  for (const [resource, policy] of policyOf) {
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

/** The entries that name who may decide under this policy, inherited ones included: e-mails, Slack users and user groups. */
export async function namedApproverEntries(
  policies: PolicyReads,
  policy: Policy,
  defaults: readonly string[],
): Promise<readonly string[]> {
  const broader = await policies.matching(coveringPatterns(policy.uri));
  return approversOf(policy, broader, defaults);
}

/** The same entries and the members of their groups, if Slack confirmed the membership recently enough to decide by it. */
export async function currentApprovers(
  { policies, groups }: Pick<Reads, 'policies' | 'groups'>,
  policy: Policy,
  defaults: readonly string[],
): Promise<readonly string[]> {
  return withGroupMembers(groups, await namedApproverEntries(policies, policy, defaults));
}

/** Everyone who may decide this request now: further approvers too, once it is escalated. */
export async function approversAt(
  reads: Pick<Reads, 'policies' | 'groups' | 'now'>,
  policy: Policy,
  approval: Pick<Approval, 'createdAt'>,
  defaults: readonly string[],
): Promise<readonly string[]> {
  return withGroupMembers(reads.groups, await approverEntriesAt(reads, policy, approval, defaults));
}

/** The entries that name them; a group stands for its members. */
export async function approverEntriesAt(
  reads: Pick<Reads, 'policies' | 'now'>,
  policy: Policy,
  { createdAt }: Pick<Approval, 'createdAt'>,
  defaults: readonly string[],
): Promise<readonly string[]> {
  const escalated = isEscalated(policy, createdAt, await reads.now());
  const further = escalated ? (policy.escalateTo ?? []) : [];
  return [...(await namedApproverEntries(reads.policies, policy, defaults)), ...further];
}

/** Adds members by their Slack ids. A group whose membership is too old adds no one. */
async function withGroupMembers(
  groups: SlackGroups,
  entries: readonly string[],
): Promise<readonly string[]> {
  const named = entries.filter(isGroupEntry);
  if (named.length === 0) return entries;
  const members = await groups.members(named);
  return [...entries, ...[...members.values()].flat()];
}
