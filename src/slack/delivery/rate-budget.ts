/** A rate that the whole workspace shares: so many at once, then so many in a minute. The last of them are kept for who is looking. */

export interface Budget {
  /** Resolves with true when one may be spent, with false when the signal aborts first. */
  take(urgent: boolean, signal: AbortSignal): Promise<boolean>;
}

export interface BudgetParts {
  readonly burst: number;
  readonly perMinute: number;
}

/** Part of the burst that only urgent ones may use. */
const KEPT = 0.25;

export function createBudget({ burst, perMinute }: BudgetParts): Budget {
  const perMs = perMinute / 60_000;
  const kept = Math.floor(burst * KEPT);
  const queues = { urgent: new Set<() => void>(), other: new Set<() => void>() };
  let left = burst;
  let since = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function refill(): void {
    const now = performance.now();
    left = Math.min(burst, left + (now - since) * perMs);
    since = now;
  }

  /** The next in line, as far as the budget goes. */
  function next(): (() => void) | undefined {
    const [urgent] = queues.urgent;
    const [other] = queues.other;
    if (urgent) return left >= 1 ? urgent : undefined;
    return left >= kept + 1 ? other : undefined;
  }

  function serve(): void {
    clearTimeout(timer);
    refill();
    for (let one = next(); one; one = next()) {
      left -= 1;
      one();
    }
    if (queues.urgent.size + queues.other.size === 0) return;
    const lacking = (queues.urgent.size > 0 ? 1 : kept + 1) - left;
    timer = setTimeout(serve, Math.max(1, lacking / perMs));
  }

  return {
    take: (urgent, signal) =>
      new Promise((resolve) => {
        const queue = urgent ? queues.urgent : queues.other;
        const settle = (granted: boolean) => {
          queue.delete(grant);
          signal.removeEventListener('abort', giveUp);
          resolve(granted);
        };
        const grant = () => settle(true);
        const giveUp = () => settle(false);
        if (signal.aborted) return resolve(false);
        signal.addEventListener('abort', giveUp);
        queue.add(grant);
        serve();
      }),
  };
}
