/** Policies under which no request can be approved: approvers are unknown, too few, or only the requester. */

import { emailsAmong, isGroupEntry } from '../approver-entry.js';
import { isNamedBy, type Person } from '../person.js';
import { namesRequester } from '../requester-entry.js';
import { type LintFinding, warn } from './lint-finding.js';
import type { PolicyRules } from './policy.js';
import { approversOf } from './policy.js';

export interface ApproverFacts {
  /** Does this entry name a person who could decide? Undefined while Slack cannot say. */
  resolves(approver: string): boolean | undefined;
  /** The known person whose e-mail address is one or two typing errors away from this unknown one, if any. */
  similar(email: string): string | undefined;
  /** The approvers of policies that name and inherit none. */
  readonly defaultApprovers: readonly string[];
  /** The keys that can request access, with their owners. */
  readonly agentKeys: readonly { readonly name: string; readonly owner: Person }[];
}

/** `broader` holds the policies that cover the same pattern, most specific first. */
export function lintApprovers(
  policy: PolicyRules,
  broader: readonly PolicyRules[],
  facts: ApproverFacts,
): readonly LintFinding[] {
  if (!policy.requiresApproval) return [];
  const approvers = approversOf(policy, broader, facts.defaultApprovers);
  if (approvers.length === 0)
    return [
      warn(
        'The policy has no approvers, so every request will be refused. Name some, or set VSECURE_DEFAULT_APPROVERS.',
      ),
    ];
  const entries = [...new Set([...approvers, ...(policy.escalateTo ?? [])])];
  const resolved = entries.filter((entry) => facts.resolves(entry) !== false);
  const unknown = entries.filter((entry) => !resolved.includes(entry));
  return [
    ...unknown.map((entry) => warn(`vsecure does not know the approver ${entry}.`)),
    ...lintTypos(emailsAmong(resolved), facts),
    ...lintQuorum(policy, resolved, facts),
  ];
}

/** Each comparison costs the number of people; a file with more typing errors than this shows the first ones. */
const TYPOS_MAX = 5;

/** An unknown address is no mistake, because the policy adds the person; one that almost names another person probably is. */
function lintTypos(emails: readonly string[], { similar }: ApproverFacts): readonly LintFinding[] {
  return emails.slice(0, TYPOS_MAX).flatMap((email) => {
    const known = similar(email);
    return known === undefined
      ? []
      : [warn(`vsecure does not know the approver ${email}. Did you mean ${known}?`)];
  });
}

/** Says nothing about a policy that names a group, which may hold any number of people. */
function lintQuorum(
  policy: PolicyRules,
  approvers: readonly string[],
  facts: ApproverFacts,
): readonly LintFinding[] {
  if (approvers.some(isGroupEntry)) return [];
  const { minApprovals, allowSelfApproval } = policy;
  if (approvers.length < minApprovals)
    return [warn(`No request can be approved: ${needs(minApprovals, approvers.length)}.`)];
  if (allowSelfApproval) return [];
  return requestingOwners(policy, facts).flatMap((owner) => {
    const others = approvers.filter((entry) => !isNamedBy(owner, entry));
    if (others.length >= minApprovals) return [];
    const but =
      others.length === 0
        ? `only ${owner.email} could approve them`
        : needs(minApprovals, others.length);
    return [
      warn(
        `Requests by the keys of ${owner.email} can never be approved: ${but}, and the owner of a key cannot approve its requests. Name another approver, or set allowSelfApproval.`,
      ),
    ];
  });
}

function needs(minApprovals: number, people: number): string {
  return `${minApprovals} approval${minApprovals === 1 ? ' is' : 's are'} needed and ${people === 1 ? '1 person' : `${people} people`} could give one`;
}

/** The owners of the keys that may request access under the policy. */
function requestingOwners(
  { requesters }: PolicyRules,
  { agentKeys }: ApproverFacts,
): readonly Person[] {
  const keys = agentKeys.filter(
    ({ name, owner }) =>
      !requesters ||
      requesters.some((entry) => namesRequester(entry, { name, ownerEmail: owner.email })),
  );
  return [...new Map(keys.map(({ owner }) => [owner.id, owner])).values()];
}
