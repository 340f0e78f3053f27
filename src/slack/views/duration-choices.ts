/** The durations that an approver may choose: the requested one, or a shorter one; never a longer one. */

import type { PlainTextOption } from '@slack/types';
import { spellDuration } from '../../domain/duration.js';
import { DAY, HOUR, MINUTE } from '../../domain/limits.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { plain } from '../format/text-objects.js';

const CHOICES = [
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
  /** The requested duration, or the policy's maximum when that is shorter now. */
  readonly initial: PlainTextOption;
}

/** Values are milliseconds. */
export function durationChoices({ approval, policy }: CardFacts): DurationChoices {
  const longest = Math.min(approval.duration, policy?.maxDuration ?? approval.duration);
  const initial = option(longest);
  const shorter = CHOICES.filter((choice) => choice < longest).map(option);
  return { options: [...shorter, initial], initial };
}

const option = (ms: number): PlainTextOption => ({
  text: plain(spellDuration(ms)),
  value: String(ms),
});
