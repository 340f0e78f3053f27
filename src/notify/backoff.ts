/** When to try again: soon at first, then ever more patiently, and never all at once. */

import { MINUTE, SECOND } from '../domain/limits.js';

const STEPS = [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE] as const;

/** Milliseconds to wait after so many earlier failures, give or take a fifth. `chance` is in [0, 1). */
export function backoff(earlier: number, chance: number): number {
  const step = STEPS[Math.min(earlier, STEPS.length - 1)] ?? SECOND;
  return Math.round(step * (0.8 + 0.4 * chance));
}
