/** Results of showing something in Slack, in one place or in several. */

import type { DeliveryResult } from '../../ports/index.js';

export const SENT: DeliveryResult = { outcome: 'sent' };

/** The worker stops: another process, or this one after its restart, delivers it at once. */
export const STOPPING: DeliveryResult = { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };

/** Sent when all of them are. The longest wait gives the error, the shortest says when all are tried again. */
export function combineResults(results: readonly DeliveryResult[]): DeliveryResult {
  const unavailable = results.find(({ outcome }) => outcome === 'unavailable');
  if (unavailable) return unavailable;
  const retries = results.filter((one) => one.outcome === 'retry');
  const [first, ...more] = [...retries].sort((a, b) => waitOf(a) - waitOf(b));
  if (!first) return SENT;
  return { ...first, error: more.at(-1)?.error ?? first.error };
}

const waitOf = ({ retryAfterMs = 0 }: { readonly retryAfterMs?: number | undefined }) =>
  retryAfterMs;
