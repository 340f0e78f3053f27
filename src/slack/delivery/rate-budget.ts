/** A rate limit for the whole workspace: a burst, then so many a minute. Part of the burst is reserved for what a person is waiting for. */

export interface RateBudget {
  /** Resolves with true when one call may be made, with false when the signal aborts first. */
  take(urgent: boolean, signal: AbortSignal): Promise<boolean>;
}

export interface RateBudgetParts {
  readonly burst: number;
  readonly perMinute: number;
}

/** The part of the burst that only urgent calls may use. */
const RESERVED = 0.25;

export function createRateBudget({ burst, perMinute }: RateBudgetParts): RateBudget {
  const perMs = perMinute / 60_000;
  const reserved = Math.floor(burst * RESERVED);
  const queues = { urgent: new Set<() => void>(), other: new Set<() => void>() };
  let left = burst;
  let refilledAt = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function refill(): void {
    const now = performance.now();
    left = Math.min(burst, left + (now - refilledAt) * perMs);
    refilledAt = now;
  }

  /** The next call that the budget allows. */
  function next(): (() => void) | undefined {
    const [urgent] = queues.urgent;
    const [other] = queues.other;
    if (urgent) return left >= 1 ? urgent : undefined;
    return left >= reserved + 1 ? other : undefined;
  }

  function serve(): void {
    clearTimeout(timer);
    refill();
    for (let allow = next(); allow; allow = next()) {
      left -= 1;
      allow();
    }
    if (queues.urgent.size + queues.other.size === 0) return;
    const lacking = (queues.urgent.size > 0 ? 1 : reserved + 1) - left;
    timer = setTimeout(serve, Math.max(1, lacking / perMs));
  }

  return {
    take: (urgent, signal) =>
      new Promise((resolve) => {
        const queue = urgent ? queues.urgent : queues.other;
        const finish = (allowed: boolean) => {
          queue.delete(allow);
          signal.removeEventListener('abort', cancel);
          resolve(allowed);
        };
        const allow = () => finish(true);
        const cancel = () => finish(false);
        if (signal.aborted) return resolve(false);
        signal.addEventListener('abort', cancel);
        queue.add(allow);
        serve();
      }),
  };
}
