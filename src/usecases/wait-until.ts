/** Waiting, for a bounded time, for something that any process may bring about. */

import type { WakeupId, Wakeups } from '../ports/index.js';

export interface WaitOptions<T> {
  /** What is waited for. */
  readonly id: WakeupId;
  /** Milliseconds; 0 looks once. */
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  readonly read: () => Promise<T>;
  readonly isEnough: (seen: T) => boolean;
  /** Called at once and then every ten seconds, with the milliseconds waited so far. */
  readonly onWait?: ((waitedMs: number, seen: T) => void | Promise<void>) | undefined;
}

interface WaitParts {
  readonly wakeups: Wakeups;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
}

/** How often a waiter shows that it is alive (ms). */
const PROGRESS_EVERY = 10_000;

/** Resolves with what was seen last: enough, or what there was when the time was over or the signal aborted. */
export async function waitUntil<T>(
  { wakeups, stopwatch }: WaitParts,
  { id, ms, signal, read, isEnough, onWait }: WaitOptions<T>,
): Promise<T> {
  const started = stopwatch();
  // Subscribed before the first look, so that a change between the two is not missed.
  const wakeup = wakeups.subscribe(id);
  try {
    for (;;) {
      const seen = await read();
      const waited = stopwatch() - started;
      const left = ms - waited;
      if (isEnough(seen) || left <= 0 || signal?.aborted) return seen;
      await onWait?.(waited, seen);
      await wakeup.next(Math.min(left, PROGRESS_EVERY), signal);
    }
  } finally {
    wakeup.close();
  }
}
