/** Counts what somebody got wrong lately. Each process counts for itself. */

export interface FailedAttempts {
  tooMany(who: string): boolean;
  count(who: string): void;
}

/** `most` within `windowMs`, by a monotonic clock in ms. What is older is forgotten. */
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
