/** Tells a destination what has been committed: leases what is due, hands it over, notes what became of it. At least once, never in a transaction. */

import { SECOND } from '../domain/limits.js';
import type { Deliveries, Destination, Leased, Log } from '../domain/ports.js';
import { backoff } from './backoff.js';

export type Outcome =
  | { readonly outcome: 'sent' }
  /** Without `retryAfterMs` the relay chooses when. `error` is a short code. */
  | { readonly outcome: 'retry'; readonly error: string; readonly retryAfterMs?: number };

/** Must bear hearing a thing twice. The signal says that the relay is stopping. */
export type Deliver = (leased: Leased, signal: AbortSignal) => Promise<Outcome>;

export interface RelayParts {
  readonly deliveries: Deliveries;
  readonly destination: Destination;
  readonly deliver: Deliver;
  readonly logger: Pick<Log, 'warn'>;
  /** How often to look without being poked (ms). */
  readonly intervalMs: number;
  /** How many deliveries may run at once. */
  readonly limit: number;
}

export interface Relay {
  start(): void;
  /** Something may be due: look now. Harmless at any time. */
  poke(): void;
  /** Resolves when the deliveries that run are finished and noted. */
  stop(): Promise<void>;
}

/** Longer than a delivery takes (ms): after a crash, this is how long it waits to be leased again. */
const LEASE = 15 * SECOND;

export function createRelay(parts: RelayParts): Relay {
  const { deliveries, destination, limit } = parts;
  const work = createWork(parts);
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let poked = false;

  const hasRoom = () => timer !== undefined && running.size < limit;

  /** Only one look at a time; a poke in between makes for another. */
  function look(): void {
    poked = true;
    if (!looking && hasRoom()) looking = lookWhilePoked();
  }

  async function lookWhilePoked(): Promise<void> {
    while (poked && hasRoom()) {
      poked = false;
      const leased = await lease(limit - running.size);
      for (const one of leased) begin(one);
    }
    // In the same breath as the last look at `poked`, so that no poke falls in between.
    looking = undefined;
  }

  async function lease(count: number): Promise<readonly Leased[]> {
    try {
      return await deliveries.lease(destination, count, LEASE);
    } catch (error) {
      parts.logger.warn({ destination, error: nameOf(error) }, 'could not look for deliveries');
      return [];
    }
  }

  function begin(leased: Leased): void {
    const job = work(leased, stopping.signal).finally(() => {
      running.delete(job);
      // A place is free, and what just went out may have changed meanwhile.
      look();
    });
    running.add(job);
  }

  return {
    start() {
      timer ??= setInterval(look, parts.intervalMs);
      look();
    },
    poke: look,
    async stop() {
      clearInterval(timer);
      timer = undefined;
      stopping.abort();
      await looking;
      await Promise.all(running);
    },
  };
}

/** One delivery from lease to note. Never rejects: without a note the lease runs out, and it is done again. */
function createWork({ deliveries, destination, deliver, logger }: RelayParts) {
  return async (leased: Leased, signal: AbortSignal): Promise<void> => {
    const { subject, attempts } = leased;
    const outcome = await attempt(leased, signal);
    try {
      if (outcome.outcome === 'sent') return await deliveries.sent(destination, leased);
      const { error, retryAfterMs = backoff(attempts - 1, Math.random()) } = outcome;
      if (!signal.aborted)
        logger.warn({ destination, subject, error, attempts, retryAfterMs }, 'not delivered yet');
      await deliveries.retry(destination, leased, retryAfterMs, error);
    } catch (error) {
      logger.warn({ destination, subject, error: nameOf(error) }, 'could not note a delivery');
    }
  };

  async function attempt(leased: Leased, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
    try {
      return await deliver(leased, signal);
    } catch (error) {
      return { outcome: 'retry', error: nameOf(error) };
    }
  }
}

/** Names only: a database error carries what it was about to write. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
