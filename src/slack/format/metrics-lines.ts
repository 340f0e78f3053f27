/** Numbers of requests and decisions, in words. */

import type { AccessMetrics } from '../../ports/index.js';

/** Plain text, one line a fact. */
export function metricsLines(metrics: AccessMetrics): readonly string[] {
  const { requests, approved, denied, expired, cancelled, pending, automatic, decided } = metrics;
  if (requests === 0) return ['Nothing was asked.'];
  const share = (count: number) => `${count} (${Math.round((count / requests) * 100)} %)`;
  return [
    `Requests: ${requests}, of which ${pending} still wait`,
    `Approved: ${share(approved)}, used ${times(metrics.uses)}`,
    `Of these granted by a policy without a person: ${share(automatic)}`,
    `Denied: ${share(denied)}`,
    `Not answered in time: ${share(expired)}`,
    `Withdrawn: ${share(cancelled)}`,
    `Decided by people: ${decided}${speed(metrics)}`,
    ...(metrics.hasty > 0
      ? [`Decided within 3 s of being asked, hardly read: ${metrics.hasty}`]
      : []),
  ];
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function speed({ median, percentile95 }: AccessMetrics): string {
  if (median === undefined || percentile95 === undefined) return '';
  return `, half of them within ${took(median)}, 95 % within ${took(percentile95)}`;
}

/** To the tenth of a second where that matters. */
function took(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 2) return `${Math.round(ms / 1000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
