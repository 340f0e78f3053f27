/** A pause that the caller's signal can abort. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Rejects with the signal's reason when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch {
    signal?.throwIfAborted();
  }
}
