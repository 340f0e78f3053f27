/** Which failed calls the SDK repeats, how often, and after which wait. */

import {
  delayBefore,
  isOverloaded,
  notBefore,
  SDK_CALL,
  sdkSchedule,
} from '../contract/retry-policy.js';
import { VSecureError } from './errors.js';
import { pause } from './pause.js';

export interface RetryOptions {
  /** How many times a failed call is repeated. Default: 3. */
  readonly retries?: number;
  /** Milliseconds before the first repetition; doubled before each later one. Default: 250. */
  readonly minMs?: number;
  /** The longest wait in milliseconds. When the server asks for a longer one, the call fails at once. Default: 10 000. */
  readonly maxMs?: number;
}

export type Retry = Required<RetryOptions>;

/** `false`: never repeat. */
export function readRetry(given: RetryOptions | false | undefined): Retry {
  return given === false ? { ...SDK_CALL, retries: 0 } : { ...SDK_CALL, ...given };
}

/** Errors that may go away without a change. Whether the call can safely be repeated is a separate question. */
const TRANSIENT = new Set<unknown>([
  'unreachable',
  'timeout',
  'unavailable',
  'rate_limited',
  'internal',
]);

export function isTransient(error: unknown): error is VSecureError {
  if (!(error instanceof VSecureError)) return false;
  // An answer that is not vsecure's comes from a proxy in front of the server.
  if (error.code === 'unexpected_answer') return isOverloaded(error.status ?? 0);
  return TRANSIENT.has(error.code);
}

/** Rejects with the last error. */
export async function retrying<T>(
  retry: Retry,
  attempt: () => Promise<T>,
  mayRepeat: (error: VSecureError) => boolean,
  signal: AbortSignal | undefined,
): Promise<T> {
  const schedule = sdkSchedule(retry);
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (attempts > retry.retries || !isTransient(error) || !mayRepeat(error)) throw error;
      if ((error.retryAfterMs ?? 0) > retry.maxMs) throw error;
      const delayMs = delayBefore(schedule, attempts + 1, Math.random());
      await pause(notBefore(delayMs, error.retryAfterMs), signal);
    }
  }
}
