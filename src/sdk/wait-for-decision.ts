/** Waiting for a person, over connections that may break and a server that may restart. */

import { approvalRoutes, type WireAccess } from '../contract/approval.js';
import { WAIT_DEFAULT_SECONDS } from '../contract/limits.js';
import { delayBefore, notBefore, SDK_DECISION_WAIT } from '../contract/retry-policy.js';
import type { Call, CallOptions } from './call.js';
import { pause } from './pause.js';
import { isTransient } from './retry.js';
import { withProgress } from './tool-call.js';

export interface Waiting extends CallOptions {
  /** Milliseconds; 0 looks once. Default: until it is decided or expires. */
  readonly waitFor?: number | undefined;
}

const SECOND = 1000;
/** Milliseconds for which a server that was there may be away, where the caller's own patience has no end. */
const UNREACHABLE_MAX = 15 * 60 * SECOND;

/**
 * Resolves with the approval as it stands when it is settled or the time is over. A server that is away is waited for, as long
 * as the caller would wait for the decision. Waiting again is harmless.
 */
export function waitForDecision(
  call: Call,
  id: string,
  { waitFor, signal }: Waiting = {},
): Promise<WireAccess> {
  return withProgress(`Waiting for a person to decide on ${id}.`, signal, (until) =>
    untilDecided(call, id, { waitFor, signal: until }),
  );
}

async function untilDecided(
  call: Call,
  id: string,
  { waitFor = Number.POSITIVE_INFINITY, signal }: Waiting,
): Promise<WireAccess> {
  const end = performance.now() + waitFor;
  let answered = performance.now();
  for (let failures = 0; ; ) {
    const began = performance.now();
    const left = Math.max(0, end - began);
    const seconds = Math.min(WAIT_DEFAULT_SECONDS, Math.ceil(left / SECOND));
    let least = 0;
    try {
      const answer = await pollOnce(call, id, seconds, signal);
      if (answer.status !== 'pending' || left === 0) return answer;
      answered = performance.now();
      // Answered early: the server is about to stop.
      failures = answered - began < (seconds * SECOND) / 2 ? failures + 1 : 0;
    } catch (error) {
      const over = left === 0 || performance.now() - answered > UNREACHABLE_MAX;
      if (over || !isTransient(error)) throw error;
      least = error.retryAfterMs ?? 0;
      failures += 1;
    }
    const delayMs = delayBefore(SDK_DECISION_WAIT, failures + 1, Math.random());
    const rest = failures === 0 ? 0 : notBefore(delayMs, least);
    await pause(Math.min(rest, left), signal);
  }
}

const pollOnce = (call: Call, id: string, seconds: number, signal: AbortSignal | undefined) =>
  call(approvalRoutes.wait, {
    params: { id },
    query: { seconds },
    waitMs: seconds * SECOND,
    retry: false,
    signal,
  });
