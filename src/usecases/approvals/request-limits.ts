/** Limits on the requests of one key. */

import { AUTOMATIC_RESOURCES_MAX } from '../../domain/limits.js';
import { refused } from '../../domain/result.js';
import type { RequestCounts, RequestState } from '../../ports/index.js';

export interface RequestLimits {
  readonly maxPending: number;
  readonly maxPerHour: number;
  /** Milliseconds before the same key may repeat what a person denied. */
  readonly deniedCooldown: number;
}

/** Returns a refusal that says what to do next, or undefined. `duration`: of the request, in milliseconds. */
export function refuseOverLimit(counts: RequestCounts, duration: number, limits: RequestLimits) {
  const { pending, lastHour, retryAfter: freeAfter, sinceDenied, pendingDurations } = counts;
  if (pendingDurations.includes(duration)) return undefined;
  const cooling = sinceDenied === undefined ? 0 : limits.deniedCooldown - sinceDenied;
  if (cooling > 0) return refused({ code: 'denied_recently', retryAfter: wholeMinutes(cooling) });
  if (pending >= limits.maxPending)
    return refused({ code: 'too_many_pending', maximum: limits.maxPending });
  if (lastHour >= limits.maxPerHour)
    return refused({
      code: 'too_many_requests',
      maximum: limits.maxPerHour,
      retryAfter: wholeMinutes(freeAfter),
    });
  return undefined;
}

/** The same for a request that no person decides. `asked`: how many resources it names. */
export function refuseOverAutomatic(
  { automatic: { resources, retryAfter } }: Pick<RequestState, 'automatic'>,
  asked: number,
) {
  if (resources + asked <= AUTOMATIC_RESOURCES_MAX) return undefined;
  return refused({
    code: 'too_many_requests',
    maximum: AUTOMATIC_RESOURCES_MAX,
    retryAfter: wholeMinutes(retryAfter),
    automatic: true,
  });
}

/** Rounded up, so that a retry after this time is not too early. */
const wholeMinutes = (ms: number) => Math.max(1, Math.ceil(ms / 60_000)) * 60_000;
