/** Counts recent failed attempts for each subject. Each process counts separately. */

export interface FailedAttempts {
  tooMany(who: string): boolean;
  count(who: string): void;
}

/** Allows fewer than `most` failures within `windowMs`. `stopwatch` is a monotonic clock in ms. Older failures no longer count. */
export function createFailedAttempts(
  stopwatch: () => number,
  most: number,
  windowMs: number,
): FailedAttempts {
  const counted = new Map<string, readonly number[]>();
  const recent = (who: string) =>
    (counted.get(who) ?? []).filter((at) => stopwatch() - at < windowMs);
  return {
    tooMany: (who) => recent(who).length >= most,
    count(who) {
      for (const [other] of counted) if (recent(other).length === 0) counted.delete(other);
      counted.set(who, [...recent(who), stopwatch()]);
    },
  };
}
