/** Waits for a bounded time until a condition holds that any process may cause. */

import type { WakeupId, Wakeups } from '../ports/index.js';
import { UnavailableError } from '../ports/unavailable.js';

export interface WaitOptions<T> {
  /** The subject whose changes wake the waiter. */
  readonly id: WakeupId;
  /** Milliseconds. With 0 the state is read once. */
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  readonly read: () => Promise<T>;
  readonly isEnough: (seen: T) => boolean;
  /** Called before the first wait and then at least every ten seconds, with the milliseconds waited so far. */
  readonly onWait?: ((waitedMs: number, seen: T) => void | Promise<void>) | undefined;
}

interface WaitParts {
  readonly wakeups: Wakeups;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
}

/** Interval between progress reports (ms). */
const PROGRESS_EVERY = 10_000;

/** How soon to read again while the database is not available (ms). */
const OUTAGE_EVERY = 1_000;

/**
 * Resolves with the last state: it satisfies `isEnough`, or the time is up, or the signal aborted. After the first read, an outage of the
 * database does not end the wait.
 */
export async function waitUntil<T>(
  { wakeups, stopwatch }: WaitParts,
  { id, ms, signal, read, isEnough, onWait }: WaitOptions<T>,
): Promise<T> {
  const started = stopwatch();
  // Subscribe before the first read, so that no change between the two is missed.
  const wakeup = wakeups.subscribe(id);
  try {
    let seen = await read();
    for (let pause = PROGRESS_EVERY; ; ) {
      const waited = stopwatch() - started;
      const left = ms - waited;
      if (isEnough(seen) || left <= 0 || signal?.aborted) return seen;
      await onWait?.(waited, seen);
      await wakeup.next(Math.min(left, pause), signal);
      try {
        seen = await read();
        pause = PROGRESS_EVERY;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        pause = OUTAGE_EVERY;
      }
    }
  } finally {
    wakeup.close();
  }
}
