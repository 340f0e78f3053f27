/** Whether a person may vote on a request as its card shows it, so that a click can say so before a form opens. Only `decide` decides. */

import { whyVoterRefused } from '../../domain/approval.js';
import type { Person } from '../../domain/person.js';
import { ok, type Result } from '../../domain/result.js';
import type { EntryPoint, Verdict } from '../../domain/vocabulary.js';
import type { SlackGroups } from '../../ports/index.js';
import { withGroupMembers } from '../policies/deciding-policy.js';
import type { CardFacts } from './card-facts.js';

export type CheckVoter = (
  facts: CardFacts,
  voter: Person,
  verdict: Verdict,
  entryPoint: EntryPoint,
) => Promise<Result<void>>;

export function createCheckVoter(groups: SlackGroups): CheckVoter {
  return async ({ approval, policy, approvers, votes, digest }, voter, verdict, entryPoint) => {
    if (!policy) return ok(undefined);
    const refusal = whyVoterRefused({
      approval,
      policy,
      approvers: await withGroupMembers(groups, approvers),
      voter,
      verdict,
      entryPoint,
      // Votes under an earlier policy are void.
      earlier: digest === approval.digest ? votes : [],
    });
    return refusal ?? ok(undefined);
  };
}
