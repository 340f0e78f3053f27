/** Which policy decides these resources now, and who may approve under it. */

import type { Approval } from '../../domain/approval.js';
import { isGroupEntry } from '../../domain/approver-entry.js';
import { coveringPatterns } from '../../domain/pattern.js';
import { isEscalated } from '../../domain/policy/escalation.js';
import { approversOf, type Policy, type PolicyRules } from '../../domain/policy/policy.js';
import { type Result, refused } from '../../domain/result.js';
import type { PolicyReads, Reads, SlackGroups } from '../../ports/index.js';

/** The most specific policy of every resource; refused with `no_policy`, or with `mixed_policies` and how to split. */
export async function decidingPolicy(
  policies: PolicyReads,
  resources: readonly string[],
): Promise<Result<Policy>> {
  const found = new Map<string, Policy | undefined>();
  for (const resource of resources)
    found.set(resource, (await policies.matching(coveringPatterns(resource)))[0]);
  return oneDecider(found);
}

/** The same, of what was found for each resource. */
export function oneDecider<P extends PolicyRules>(
  found: ReadonlyMap<string, P | undefined>,
): Result<P> {
  const groups = new Map<string, { policy: P; resources: string[] }>();
  for (const [resource, policy] of found) {
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
  return { ok: true, value: first.policy };
}

/** The entries that name who may decide under this policy, inherited ones included: e-mails, Slack users and user groups. */
export async function namedApprovers(
  policies: PolicyReads,
  policy: Policy,
  defaults: readonly string[],
): Promise<readonly string[]> {
  const broader = await policies.matching(coveringPatterns(policy.uri));
  return approversOf(policy, broader, defaults);
}

/** The same entries together with the members of groups, as far as these are known freshly enough to decide by. */
export async function currentApprovers(
  { policies, groups }: Pick<Reads, 'policies' | 'groups'>,
  policy: Policy,
  defaults: readonly string[],
): Promise<readonly string[]> {
  return withGroupMembers(groups, await namedApprovers(policies, policy, defaults));
}

/** Everybody who may decide this request at this moment: further approvers too, once the silence has lasted. */
export async function approversAt(
  reads: Pick<Reads, 'policies' | 'groups' | 'now'>,
  policy: Policy,
  approval: Pick<Approval, 'createdAt'>,
  defaults: readonly string[],
): Promise<readonly string[]> {
  return withGroupMembers(reads.groups, await namedAt(reads, policy, approval, defaults));
}

/** The entries that name them, a group for its members. */
export async function namedAt(
  reads: Pick<Reads, 'policies' | 'now'>,
  policy: Policy,
  { createdAt }: Pick<Approval, 'createdAt'>,
  defaults: readonly string[],
): Promise<readonly string[]> {
  const escalated = isEscalated(policy, createdAt, await reads.now());
  const further = escalated ? (policy.escalateTo ?? []) : [];
  return [...(await namedApprovers(reads.policies, policy, defaults)), ...further];
}

/** Members are added by their Slack ids; a group that is not known freshly enough adds nobody. */
async function withGroupMembers(
  groups: SlackGroups,
  entries: readonly string[],
): Promise<readonly string[]> {
  const named = entries.filter(isGroupEntry);
  if (named.length === 0) return entries;
  const members = await groups.members(named);
  return [...entries, ...[...members.values()].flat()];
}
