/** Tells a destination what has been committed: leases what is due, hands it over, notes what became of it. At least once, never in a transaction. */

import { errorName } from '../domain/error-name.js';
import { SECOND } from '../domain/limits.js';
import type { Destination, Leased, Log } from '../ports/index.js';
import { type Circuit, createCircuit } from './circuit-breaker.js';
import { backoff, rest } from './retry-schedule.js';

export type Outcome =
  | { readonly outcome: 'sent' }
  /** Without `retryAfterMs` the relay chooses when. `error` is a short code. */
  | {
      readonly outcome: 'retry';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
    }
  /** The destination does not answer, whatever it is told: everything waits until one delivery gets through. */
  | {
      readonly outcome: 'away';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
    };

/** Must bear hearing a thing twice. The signal says that the relay is stopping. */
export type Deliver<L extends Leased = Leased> = (
  leased: L,
  signal: AbortSignal,
) => Promise<Outcome>;

/** As much of an outbox as a relay needs. */
export interface Due<L extends Leased, D extends string> {
  lease(
    destination: D,
    limit: number,
    leaseMs: number,
    urgentOnly?: boolean,
  ): Promise<readonly L[]>;
  sent(destination: D, leased: L): Promise<void>;
  retry(destination: D, leased: L, delayMs: number, error: string): Promise<void>;
}

export interface OutboxWorkerParts<L extends Leased = Leased, D extends string = Destination> {
  readonly outbox: Due<L, D>;
  readonly destination: D;
  readonly deliver: Deliver<L>;
  readonly logger: Pick<Log, 'warn'>;
  /** How often to look without being poked (ms). */
  readonly intervalMs: number;
  /** How many deliveries may run at once. */
  readonly limit: number;
  /** Longer than a delivery takes (ms): after a crash, this is how long it waits to be leased again. */
  readonly leaseMs?: number | undefined;
  /** Nothing but what a person has just decided and is looking at. */
  readonly urgentOnly?: boolean | undefined;
  /** Milliseconds to leave the destination alone after so many earlier silences of it; by default at most 15 s. */
  readonly restMs?: ((earlier: number) => number) | undefined;
}

export interface OutboxWorker {
  start(): void;
  /** Something may be due: look now. Harmless at any time. */
  poke(): void;
  /** Resolves when the deliveries that run are finished and noted. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const LEASE = 15 * SECOND;

export function createOutboxWorker<L extends Leased = Leased, D extends string = Destination>(
  parts: OutboxWorkerParts<L, D>,
): OutboxWorker {
  const { outbox, destination, limit, restMs = restSpread } = parts;
  const circuit = createCircuit({ limit, rest: restMs, onRested: look });
  const work = createWork(parts, circuit);
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let poked = false;

  const room = () => (timer === undefined ? 0 : circuit.room(running.size));

  /** Only one look at a time; a poke in between makes for another. */
  function look(): void {
    poked = true;
    if (!looking && room() > 0) looking = lookWhilePoked();
  }

  async function lookWhilePoked(): Promise<void> {
    while (poked && room() > 0) {
      poked = false;
      const leased = await lease(room());
      for (const one of leased) begin(one);
    }
    // In the same breath as the last look at `poked`, so that no poke falls in between.
    looking = undefined;
  }

  async function lease(count: number): Promise<readonly L[]> {
    try {
      return await outbox.lease(destination, count, parts.leaseMs ?? LEASE, parts.urgentOnly);
    } catch (error) {
      parts.logger.warn({ destination, error: errorName(error) }, 'could not look for deliveries');
      return [];
    }
  }

  function begin(leased: L): void {
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
      circuit.stop();
      stopping.abort();
      await looking;
      await Promise.all(running);
    },
  };
}

const restSpread = (earlier: number) => rest(earlier, Math.random());

/** One delivery from lease to note. Never rejects: without a note the lease runs out, and it is done again. */
function createWork<L extends Leased, D extends string>(
  { outbox, destination, deliver, logger, restMs = restSpread }: OutboxWorkerParts<L, D>,
  circuit: Circuit,
) {
  return async (leased: L, signal: AbortSignal): Promise<void> => {
    const { subject, attempts } = leased;
    const outcome = await attempt(leased, signal);
    if (outcome.outcome === 'away') circuit.silent();
    else circuit.answered();
    try {
      if (outcome.outcome === 'sent') return await outbox.sent(destination, leased);
      const delayMs = delayOf(outcome, attempts - 1);
      if (!signal.aborted)
        logger.warn(
          { destination, subject, error: outcome.error, attempts, retryAfterMs: delayMs },
          'not delivered yet',
        );
      await outbox.retry(destination, leased, delayMs, outcome.error);
    } catch (error) {
      logger.warn({ destination, subject, error: errorName(error) }, 'could not note a delivery');
    }
  };

  /** What meets a silence goes behind all others, so that no single thing that cannot be told keeps the rest from being tried. */
  function delayOf(outcome: Exclude<Outcome, { outcome: 'sent' }>, earlier: number): number {
    if (outcome.outcome === 'away') return outcome.retryAfterMs ?? restMs(earlier);
    return outcome.retryAfterMs ?? backoff(earlier, Math.random());
  }

  async function attempt(leased: L, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
    try {
      return await deliver(leased, signal);
    } catch (error) {
      return { outcome: 'retry', error: errorName(error) };
    }
  }
}

/** Several, as if they were one. */
export function asOne(workers: readonly OutboxWorker[]): OutboxWorker {
  return {
    start() {
      for (const worker of workers) worker.start();
    },
    poke() {
      for (const worker of workers) worker.poke();
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
