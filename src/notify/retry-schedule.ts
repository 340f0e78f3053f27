/** When to try again: soon at first, then more patiently, and never all at once. */

import { MINUTE, SECOND } from '../domain/limits.js';

const STEPS = [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE] as const;
const RESTS = [SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 12.5 * SECOND] as const;

/** Milliseconds to wait with one thing after so many earlier failures of it, give or take a fifth. `chance` is in [0, 1). */
export function backoff(earlier: number, chance: number): number {
  return spread(STEPS[Math.min(earlier, STEPS.length - 1)], chance);
}

/** Milliseconds to leave a destination alone that does not answer: at most 15 s, so that its return is soon noticed. */
export function rest(earlier: number, chance: number): number {
  return spread(RESTS[Math.min(earlier, RESTS.length - 1)], chance);
}

function spread(step: number = SECOND, chance: number): number {
  return Math.round(step * (0.8 + 0.4 * chance));
}
