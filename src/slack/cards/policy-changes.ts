/** What changed in the policy after a request. Plain text, since it may contain names from a policy. */

import type { KnownBlock } from '@slack/types';
import { spellDuration } from '../../domain/duration.js';
import { oneLine } from '../../domain/untrusted-text.js';
import type { PolicyChangeRecord } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { clip } from '../format/clip.js';
import { mrkdwn, plain } from '../format/text-objects.js';
import { longestNow } from './wording.js';

const CHANGES_LIMIT = 200;

export function changeBlocks(facts: CardFacts): KnownBlock[] {
  const { approval, policy, changes } = facts;
  const lines = changes.flatMap(changeLines);
  const other = policy && policy.id !== approval.policy && lines.length === 0;
  if (other) lines.push(`another policy applies now: ${policy.name}`);
  if (lines.length === 0) return [];
  const text = clip(oneLine(lines.join('; ')), CHANGES_LIMIT);
  const shorter =
    longestNow(facts) < approval.duration
      ? `: ${spellDuration(approval.duration)} was asked, ${spellDuration(longestNow(facts))} is possible now`
      : '';
  const elements = [mrkdwn(`*The policy changed after this was requested*${shorter}`), plain(text)];
  return [{ type: 'context', elements }];
}

/** One line for each changed field, and a single line for a new policy. */
export const changeLines = ({ lines }: PolicyChangeRecord): readonly string[] =>
  lines[0] === 'new policy' ? ['a new policy applies'] : lines.map(readable);

/** `maxDuration: 8h → 30m` becomes `max duration: 8h → 30m`. */
export const readable = (line: string): string =>
  line.replace(/^[a-z]+(?:[A-Z][a-z]+)+(?=: )/, (field) =>
    field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  );
