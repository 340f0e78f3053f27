/** What changed while a form was open. For plain text only: it may contain names from a policy. */

import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { changeLines } from '../cards/policy-changes.js';
import type { FormSnapshot } from '../format/action-ids.js';

/** The facts that a form carries, to be compared when the form is submitted. */
export function snapshotOf(facts: CardFacts): FormSnapshot {
  const { approval, policy, digest, votes } = facts;
  return {
    approval: approval.id,
    seen: digest,
    ...(policy && { policy: policy.id, version: policy.version }),
    asked: approval.timesRequested,
    votes: approvalsIn(votes),
    needed: policy?.minApprovals ?? 1,
    ...(policy?.requireDecisionReason && { reasonNeeded: true }),
  };
}

/** Empty when nothing changed. */
export function changesSince(snapshot: FormSnapshot, facts: CardFacts): readonly string[] {
  return [
    ...policyChanges(snapshot, facts),
    ...voteChanges(snapshot, facts),
    ...repetitions(snapshot, facts),
  ];
}

function policyChanges(
  { policy: id, version = 0 }: FormSnapshot,
  facts: CardFacts,
): readonly string[] {
  const { policy, changes } = facts;
  if (!policy) return ['No single policy covers these resources any more.'];
  if (policy.id !== id) return [`Another policy applies now: ${policy.name}`];
  return changes
    .filter((change) => change.version > version)
    .flatMap(changeLines)
    .map((line) => `The policy changed: ${line}`);
}

function voteChanges(
  { votes: before }: FormSnapshot,
  { votes, policy }: CardFacts,
): readonly string[] {
  const now = approvalsIn(votes);
  if (now === before) return [];
  if (now < before) return ['Earlier approvals do not count any more.'];
  const needed = policy?.minApprovals ?? 1;
  const last = needed - now === 1 ? ' Only your approval is missing.' : '';
  return [`Another approver has approved: ${now} of ${needed}.${last}`];
}

function repetitions({ asked: before }: FormSnapshot, { approval }: CardFacts): readonly string[] {
  return approval.timesRequested > before
    ? [`The AI tool repeated the request: ${approval.timesRequested} times in total.`]
    : [];
}

const approvalsIn = (votes: CardFacts['votes']): number =>
  votes.filter(({ verdict }) => verdict === 'approve').length;
