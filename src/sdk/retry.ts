/** Trying again: what may be, how often, and after which pause. */

import { VSecureError } from './errors.js';
import { pause } from './pause.js';

export interface RetryOptions {
  /** How many times a call is tried again. Default: 3. */
  readonly retries?: number;
  /** Milliseconds of the first pause, which doubles each time. Default: 250. */
  readonly minMs?: number;
  /** Milliseconds that no pause exceeds; a server that asks for a longer one is not asked again. Default: 10 000. */
  readonly maxMs?: number;
}

export type Retry = Required<RetryOptions>;

/** `false`: never. */
export function readRetry(given: RetryOptions | false | undefined): Retry {
  const defaults = { retries: 3, minMs: 250, maxMs: 10_000 };
  return given === false ? { ...defaults, retries: 0 } : { ...defaults, ...given };
}

/** What may pass by itself. Whether it can be repeated is another question. */
const PASSING = new Set<unknown>([
  'unreachable',
  'timeout',
  'unavailable',
  'rate_limited',
  'internal',
]);
/** Of a proxy before the server. */
const PASSING_STATUS = new Set<unknown>([429, 502, 503, 504]);

export function isPassing(error: unknown): error is VSecureError {
  if (!(error instanceof VSecureError)) return false;
  const foreign = error.code === 'unexpected_answer';
  return foreign ? PASSING_STATUS.has(error.status) : PASSING.has(error.code);
}

/** Milliseconds before try `count` (from 0): half of it is chance, so that clients which failed together do not come back together. */
export function backoff(count: number, { minMs, maxMs }: Pick<Retry, 'minMs' | 'maxMs'>): number {
  return Math.min(maxMs, minMs * 2 ** count) * (0.5 + Math.random() / 2);
}

/** Rejects with the last error. */
export async function retrying<T>(
  retry: Retry,
  attempt: () => Promise<T>,
  mayRepeat: (error: VSecureError) => boolean,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let count = 0; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (count >= retry.retries || !isPassing(error) || !mayRepeat(error)) throw error;
      const { retryAfterMs = 0 } = error;
      if (retryAfterMs > retry.maxMs) throw error;
      await pause(Math.max(backoff(count, retry), retryAfterMs), signal);
    }
  }
}
