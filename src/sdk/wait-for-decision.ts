/** Waits for a person to decide, across broken connections and server restarts. */

import { approvalRoutes, type WireAccess } from '../contract/approval.js';
import { WAIT_DEFAULT_SECONDS } from '../contract/limits.js';
import { delayBefore, notBefore, SDK_DECISION_WAIT } from '../contract/retry-policy.js';
import type { Call, CallOptions } from './call.js';
import { pause } from './pause.js';
import { isTransient } from './retry.js';
import { withProgress } from './tool-call.js';

export interface Waiting extends CallOptions {
  /** Maximum wait in milliseconds; 0 checks once. Default: until the request is decided or expires. */
  readonly waitFor?: number | undefined;
}

const SECOND = 1000;
/** Milliseconds for which the server may be unreachable before the wait fails, when the caller set no limit. */
const UNREACHABLE_MAX = 15 * 60 * SECOND;

/**
 * Resolves with the approval when it is decided or when the time is up. Keeps trying while the server is unreachable, for as
 * long as the caller would wait for the decision. Safe to call again.
 */
export function waitForDecision(
  call: Call,
  id: string,
  { waitFor, signal }: Waiting = {},
): Promise<WireAccess> {
  return withProgress(`Waiting for a person to decide ${id}.`, signal, (until) =>
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
    let minimum = 0;
    try {
      const answer = await pollOnce(call, id, seconds, signal);
      if (answer.status !== 'pending' || left === 0) return answer;
      answered = performance.now();
      // An early answer means that the server is shutting down.
      failures = answered - began < (seconds * SECOND) / 2 ? failures + 1 : 0;
    } catch (error) {
      const timedOut = left === 0 || performance.now() - answered > UNREACHABLE_MAX;
      if (timedOut || !isTransient(error)) throw error;
      minimum = error.retryAfterMs ?? 0;
      failures += 1;
    }
    const backoff = delayBefore(SDK_DECISION_WAIT, failures + 1, Math.random());
    const delay = failures === 0 ? 0 : notBefore(backoff, minimum);
    await pause(Math.min(delay, left), signal);
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
