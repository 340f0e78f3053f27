/** What is not as it was when a form was opened. In plain words: names out of a policy may be among them. */

import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { changeLines } from '../cards/context-blocks.js';
import type { Shown } from '../format/action-ids.js';

/** What a form of these facts notes, to be compared when it comes back. */
export function shownBy(facts: CardFacts): Shown {
  const { approval, policy, digest, votes } = facts;
  return {
    approval: approval.id,
    seen: digest,
    ...(policy && { policy: policy.id, version: policy.version }),
    asked: approval.timesRequested,
    votes: approvalsIn(votes),
    needed: policy?.minApprovals ?? 1,
  };
}

/** Empty when all is as it was shown. */
export function whatChanged(shown: Shown, facts: CardFacts): readonly string[] {
  return [
    ...policyChanges(shown, facts),
    ...voteChanges(shown, facts),
    ...repetitions(shown, facts),
  ];
}

function policyChanges({ policy: id, version = 0 }: Shown, facts: CardFacts): readonly string[] {
  const { policy, changes } = facts;
  if (!policy) return ['No single policy covers these resources any more.'];
  if (policy.id !== id) return [`Another policy decides this now: ${policy.name}`];
  return changes
    .filter((change) => change.version > version)
    .flatMap(changeLines)
    .map((line) => `The policy changed: ${line}`);
}

function voteChanges({ votes: before }: Shown, { votes, policy }: CardFacts): readonly string[] {
  const now = approvalsIn(votes);
  if (now === before) return [];
  if (now < before) return ['Earlier approvals do not count any more.'];
  const needed = policy?.minApprovals ?? 1;
  const last = needed - now === 1 ? ' Yours would be the last one that is needed.' : '';
  return [`Somebody else has approved meanwhile: ${now} of ${needed}.${last}`];
}

function repetitions({ asked: before }: Shown, { approval }: CardFacts): readonly string[] {
  return approval.timesRequested > before
    ? [`It was asked again: ${approval.timesRequested} times by now.`]
    : [];
}

const approvalsIn = (votes: CardFacts['votes']): number =>
  votes.filter(({ verdict }) => verdict === 'approve').length;
