/** How long an approver may grant: what was asked, or one of a few shorter times; never longer. */

import type { PlainTextOption } from '@slack/types';
import { formatDuration } from '../../domain/duration.js';
import { DAY, HOUR, MINUTE } from '../../domain/limits.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { plain } from '../format/text-objects.js';

const USUAL = [
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  DAY,
  3 * DAY,
];

export interface DurationChoices {
  readonly options: PlainTextOption[];
  /** What was asked, or as much of it as the policy allows by now. */
  readonly initial: PlainTextOption;
}

/** Values are milliseconds. */
export function durationChoices({ approval, policy }: CardFacts): DurationChoices {
  const longest = Math.min(approval.duration, policy?.maxDuration ?? approval.duration);
  const initial = option(longest);
  const shorter = USUAL.filter((usual) => usual < longest).map(option);
  return { options: [...shorter, initial], initial };
}

const option = (ms: number): PlainTextOption => ({
  text: plain(formatDuration(ms)),
  value: String(ms),
});
