/** Counts of requests and decisions, as sentences. */

import { spellDuration } from '../../domain/duration.js';
import { HOUR, MINUTE, SECOND } from '../../domain/limits.js';
import type { AccessMetrics } from '../../ports/index.js';

/** Plain text, one line per fact. */
export function metricsLines(metrics: AccessMetrics): readonly string[] {
  const { requests, approved, denied, expired, cancelled, pending, automatic, decided } = metrics;
  if (requests === 0) return ['No requests.'];
  const share = (count: number) => `${count} (${Math.round((count / requests) * 100)} %)`;
  return [
    `Requests: ${requests} · ${pending} pending`,
    `Approved: ${share(approved)} · ${metrics.uses} ${metrics.uses === 1 ? 'use' : 'uses'} of the access`,
    `Auto-approved: ${share(automatic)}`,
    `Denied: ${share(denied)}`,
    `Expired: ${share(expired)}`,
    `Withdrawn: ${share(cancelled)}`,
    `Decided by people: ${decided}${speed(metrics)}`,
    ...(metrics.hasty > 0 ? [`Decided in under 3 s: ${metrics.hasty}`] : []),
  ];
}

function speed({ median, percentile95 }: AccessMetrics): string {
  if (median === undefined || percentile95 === undefined) return '';
  return ` · median time to decision: ${elapsed(median)} · 95 % within ${elapsed(percentile95)}`;
}

/** Rounded to what matters: tenths of a second below 10 s, seconds below an hour. */
function elapsed(ms: number): string {
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  const unit = ms < HOUR ? SECOND : MINUTE;
  return spellDuration(Math.round(ms / unit) * unit);
}
