/** Waiting for a person, over connections that may break and a server that may restart. */

import { setTimeout as sleep } from 'node:timers/promises';
import { approvalRoutes, type WireAccess } from '../contract/approval.js';
import { WAIT_DEFAULT_SECONDS } from '../contract/limits.js';
import type { Call } from './call.js';
import { VSecureError } from './errors.js';

export interface Waiting {
  /** Milliseconds; 0 looks once. Default: until it is decided or expires. */
  readonly waitFor?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SECOND = 1000;
/** Pauses after failures in a row, in ms; one failure more is passed on. */
const PAUSES = [500, 1000, 2000, 4000, 8000];
const PASSING = new Set<unknown>(['unreachable', 'timeout', 'unavailable']);

/** Resolves with the approval as it stands when it is settled or the time is over. Waiting again is harmless. */
export async function waitForDecision(
  call: Call,
  id: string,
  { waitFor = Number.POSITIVE_INFINITY, signal }: Waiting = {},
): Promise<WireAccess> {
  const end = performance.now() + waitFor;
  const pauses = [...PAUSES];
  for (;;) {
    const left = Math.max(0, end - performance.now());
    const seconds = Math.min(WAIT_DEFAULT_SECONDS, Math.ceil(left / SECOND));
    const began = performance.now();
    try {
      const answer = await look(call, id, seconds, signal);
      if (answer.status !== 'pending' || left === 0) return answer;
      pauses.splice(0, pauses.length, ...PAUSES);
      // Answered early: the server is about to stop.
      if (performance.now() - began >= (seconds * SECOND) / 2) continue;
    } catch (error) {
      if (!isPassing(error) || pauses.length === 0) throw error;
    }
    await sleep(Math.min(pauses.shift() ?? 0, left), undefined, signal ? { signal } : {});
  }
}

const look = (call: Call, id: string, seconds: number, signal: AbortSignal | undefined) =>
  call(approvalRoutes.wait, {
    params: { id },
    query: { seconds },
    waitMs: seconds * SECOND,
    signal,
  });

function isPassing(error: unknown): boolean {
  if (!(error instanceof VSecureError)) return false;
  return PASSING.has(error.code) || (error.status !== undefined && error.status >= 502);
}
