/** The background of a request: what its key did before, and what changed in the policy since. Facts from the database only. */

import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../domain/untrusted-text.js';
import type { LastApproved, PolicyChangeRecord, RequesterHistory } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clip } from '../format/clip.js';
import { context, moment, mrkdwn, plain } from '../format/text-objects.js';
import { emailName } from './mentions.js';
import { timesUsed } from './wording.js';

const CHANGES_LIMIT = 300;

/** Empty once the request is decided; it mentions no person. */
export function contextBlocks(facts: CardFacts): KnownBlock[] {
  const { context: background } = facts;
  return background ? [context(keyHistory(facts, background)), ...changeBlocks(facts)] : [];
}

function keyHistory({ approval }: CardFacts, background: RequesterHistory): string {
  const { requestsInLastDay, lastApproved, lastDenied, firstTime } = background;
  if (firstTime && !lastApproved && !lastDenied) return '*First time* this key asks for this';
  const frequent = requestsInLastDay > approval.timesRequested;
  const parts = [
    ...(lastDenied ? [`*denied* by ${emailName(lastDenied.by)}, ${moment(lastDenied.at)}`] : []),
    ...(lastApproved ? [approvedBefore(lastApproved, approval.operation)] : []),
    ...(frequent ? [`${requestsInLastDay} requests in 24 hours`] : []),
  ];
  return `Earlier requests of this key: ${parts.join(' · ') || 'none was decided'}`;
}

function approvedBefore(
  { at, by, uses }: LastApproved,
  operation: CardFacts['approval']['operation'],
): string {
  const how = by === undefined ? 'auto-approved' : `approved by ${emailName(by)}`;
  return `last ${how}, ${moment(at)}, ${timesUsed(operation, uses)}`;
}

/** Plain text, since it may contain names from a policy. */
function changeBlocks({ approval, policy, changes }: CardFacts): KnownBlock[] {
  const lines = changes.flatMap(changeLines);
  const other = policy && policy.id !== approval.policy && lines.length === 0;
  if (other) lines.push(`another policy applies now: ${policy.name}`);
  if (lines.length === 0) return [];
  const text = clip(oneLine(lines.join('; ')), CHANGES_LIMIT);
  const elements = [mrkdwn('*The policy changed after this was requested*'), plain(text)];
  return [{ type: 'context', elements }];
}

/** One line for each changed field, and a single line for a new policy. */
export const changeLines = ({ lines }: PolicyChangeRecord): readonly string[] =>
  lines[0] === 'new policy' ? ['a new policy applies'] : lines;
