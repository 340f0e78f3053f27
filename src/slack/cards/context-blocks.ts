/** What else is on record about a request: what its key did before, and what changed in the policy since. Facts only. */

import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../domain/untrusted-text.js';
import type { LastApproved, PolicyChangeRecord, RequesterHistory } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clip } from '../format/clip.js';
import { context, moment, mrkdwn, plain } from '../format/text-objects.js';
import { emailName } from './mentions.js';
import { timesUsed } from './wording.js';

const CHANGES_SHOWN = 300;

/** One line while it helps to decide; nobody is mentioned in it. */
export function contextBlocks(facts: CardFacts): KnownBlock[] {
  const { context: known } = facts;
  return known ? [context(history(facts, known)), ...changeBlocks(facts)] : [];
}

function history({ approval }: CardFacts, known: RequesterHistory): string {
  const { requestsInLastDay, lastApproved, lastDenied } = known;
  const often =
    requestsInLastDay > approval.timesRequested
      ? [`asked ${requestsInLastDay} times in 24 hours`]
      : [];
  if (known.firstTime && !lastApproved && !lastDenied)
    return '*First time* that this key asks for this';
  const said = [
    ...(lastDenied ? [`*denied* by ${emailName(lastDenied.by)}, ${moment(lastDenied.at)}`] : []),
    ...(lastApproved ? [approvedBefore(lastApproved, approval.operation)] : []),
    ...often,
  ];
  return `This key before: ${said.join(' · ') || 'asked for this, and nobody decided'}`;
}

function approvedBefore(
  { at, by, uses }: LastApproved,
  operation: CardFacts['approval']['operation'],
): string {
  const who = by === undefined ? 'granted by the policy' : `approved by ${emailName(by)}`;
  return `last ${who}, ${moment(at)}, ${timesUsed(operation, uses)}`;
}

/** It may hold names out of a policy: plain text. */
function changeBlocks({ approval, policy, changes }: CardFacts): KnownBlock[] {
  const lines = changes.flatMap(changeLines);
  const other = policy && policy.id !== approval.policy && lines.length === 0;
  if (other) lines.push(`another policy decides this now: ${policy.name}`);
  if (lines.length === 0) return [];
  const text = clip(oneLine(lines.join('; ')), CHANGES_SHOWN);
  const elements = [mrkdwn('*The policy changed since this was asked*'), plain(text)];
  return [{ type: 'context', elements }];
}

/** One for each field; a policy that is new says only that. */
export const changeLines = ({ lines }: PolicyChangeRecord): readonly string[] =>
  lines[0] === 'new policy' ? ['a new policy decides this'] : lines;
