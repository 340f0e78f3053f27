/** Which policy decides these resources now, and who may approve under it. */

import { coveringPatterns } from '../domain/pattern.js';
import { approversOf, type Policy } from '../domain/policy.js';
import type { PolicyReads, Reads, SlackGroups } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';

/** The most specific policy of every resource; refused with `no_policy`, or with `mixed_policies` and how to split. */
export async function decidingPolicy(
  policies: PolicyReads,
  resources: readonly string[],
): Promise<Result<Policy>> {
  const groups = new Map<string, { policy: Policy; resources: string[] }>();
  for (const resource of resources) {
    const [policy] = await policies.matching(coveringPatterns(resource));
    if (!policy) return refused({ code: 'no_policy' });
    const group = groups.get(policy.id) ?? { policy, resources: [] };
    groups.set(policy.id, { policy, resources: [...group.resources, resource] });
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

/** Members are added by their Slack ids; a group that is not known freshly enough adds nobody. */
export async function withGroupMembers(
  groups: SlackGroups,
  entries: readonly string[],
): Promise<readonly string[]> {
  const named = entries.filter((entry) => /^S[A-Z0-9]+$/.test(entry));
  if (named.length === 0) return entries;
  const members = await groups.members(named);
  return [...entries, ...[...members.values()].flat()];
}
