/** What a person may do and see of a request as its card shows it, before they vote. Only `decide` decides. */

import { whyVoterRefused } from '../../domain/approval.js';
import type { Person } from '../../domain/person.js';
import { isApprover } from '../../domain/policy/policy.js';
import { ok, type Result } from '../../domain/result.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import type { EntryPoint, Verdict } from '../../domain/vocabulary.js';
import type { SlackGroups } from '../../ports/index.js';
import { withGroupMembers } from '../policies/deciding-policy.js';
import type { CardFacts } from './card-facts.js';

/** Whether a person may vote, so that a click can say so before a form opens. */
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

/**
 * Whether a caller may read what approvers should check. It names secrets that are hidden from others, such as the owner of the key that
 * asks.
 */
export type SeesSignals = (caller: Caller, facts: CardFacts) => Promise<boolean>;

export const createSeesSignals =
  (groups: SlackGroups): SeesSignals =>
  async (caller, { approvers }) =>
    seesEverything(caller) ||
    (caller.principal.class !== 'agent' &&
      isApprover(caller.owner, await withGroupMembers(groups, approvers)));
