/** Policies under which nobody could approve: approvers who are nobody, too few of them, or only the one who asks. */

import { isGroupEntry } from '../approver-entry.js';
import { isNamedBy, type Person } from '../person.js';
import { type LintFinding, warn } from './lint-finding.js';
import type { PolicyRules } from './policy.js';
import { approversOf } from './policy.js';

export interface ApproverFacts {
  /** Does this entry name somebody who could decide? Undefined: that cannot be told at the moment. */
  resolves(approver: string): boolean | undefined;
  /** Approvers where no policy names any. */
  readonly defaultApprovers: readonly string[];
  /** The keys that can ask, with their owners. */
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
    return [warn('Nobody is named who could approve: every request will be refused.')];
  const entries = [...new Set([...approvers, ...(policy.escalateTo ?? [])])];
  const somebody = entries.filter((entry) => facts.resolves(entry) !== false);
  const unknown = entries.filter((entry) => !somebody.includes(entry));
  return [
    ...unknown.map((entry) => warn(`The approver ${entry} is nobody that vsecure knows.`)),
    ...lintQuorum(policy, somebody, facts),
  ];
}

/** A group may hold any number of people, so nothing is said about a policy that names one. */
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
  return askers(policy, facts).flatMap((owner) => {
    const others = approvers.filter((entry) => !isNamedBy(owner, entry));
    if (others.length >= minApprovals) return [];
    const but =
      others.length === 0
        ? `only ${owner.email} could approve them`
        : needs(minApprovals, others.length);
    return [
      warn(
        `Requests by the keys of ${owner.email} can never be approved: ${but}, and nobody approves their own. Name somebody else, or set allowSelfApproval.`,
      ),
    ];
  });
}

function needs(minApprovals: number, people: number): string {
  return `${minApprovals} approval${minApprovals === 1 ? ' is' : 's are'} needed and ${people === 1 ? '1 person' : `${people} people`} could give one`;
}

/** The owners of the keys that may ask here. */
function askers({ requesters }: PolicyRules, { agentKeys }: ApproverFacts): readonly Person[] {
  const keys = agentKeys.filter(
    ({ name, owner }) =>
      !requesters ||
      requesters.some((entry) => entry === name || entry.toLowerCase() === owner.email),
  );
  return [...new Map(keys.map(({ owner }) => [owner.id, owner])).values()];
}
