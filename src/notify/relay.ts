/** Tells a destination what has been committed: leases what is due, hands it over, notes what became of it. At least once, never in a transaction. */

import { errorName } from '../domain/error-name.js';
import { SECOND } from '../domain/limits.js';
import type { Deliveries, Destination, Leased, Log } from '../domain/ports.js';
import { backoff, rest } from './backoff.js';
import { type Circuit, createCircuit } from './circuit.js';

export type Outcome =
  | { readonly outcome: 'sent' }
  /** Without `retryAfterMs` the relay chooses when. `error` is a short code. */
  | { readonly outcome: 'retry'; readonly error: string; readonly retryAfterMs?: number }
  /** The destination does not answer, whatever it is told: everything waits until one delivery gets through. */
  | { readonly outcome: 'away'; readonly error: string };

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
  /** Nothing but what a person has just decided and is looking at. */
  readonly urgentOnly?: boolean | undefined;
  /** Milliseconds to leave the destination alone after so many earlier silences of it; by default at most 15 s. */
  readonly restMs?: ((earlier: number) => number) | undefined;
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
  const { deliveries, destination, limit, restMs = restSpread } = parts;
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

  async function lease(count: number): Promise<readonly Leased[]> {
    try {
      return await deliveries.lease(destination, count, LEASE, parts.urgentOnly);
    } catch (error) {
      parts.logger.warn({ destination, error: errorName(error) }, 'could not look for deliveries');
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
      circuit.stop();
      stopping.abort();
      await looking;
      await Promise.all(running);
    },
  };
}

const restSpread = (earlier: number) => rest(earlier, Math.random());

/** One delivery from lease to note. Never rejects: without a note the lease runs out, and it is done again. */
function createWork(
  { deliveries, destination, deliver, logger, restMs = restSpread }: RelayParts,
  circuit: Circuit,
) {
  return async (leased: Leased, signal: AbortSignal): Promise<void> => {
    const { subject, attempts } = leased;
    const outcome = await attempt(leased, signal);
    if (outcome.outcome === 'away') circuit.silent();
    else circuit.answered();
    try {
      if (outcome.outcome === 'sent') return await deliveries.sent(destination, leased);
      const delayMs = delayOf(outcome, attempts - 1);
      if (!signal.aborted)
        logger.warn(
          { destination, subject, error: outcome.error, attempts, retryAfterMs: delayMs },
          'not delivered yet',
        );
      await deliveries.retry(destination, leased, delayMs, outcome.error);
    } catch (error) {
      logger.warn({ destination, subject, error: errorName(error) }, 'could not note a delivery');
    }
  };

  /** What meets a silence goes behind all others, so that no single thing that cannot be told keeps the rest from being tried. */
  function delayOf(outcome: Exclude<Outcome, { outcome: 'sent' }>, earlier: number): number {
    if (outcome.outcome === 'away') return restMs(earlier);
    return outcome.retryAfterMs ?? backoff(earlier, Math.random());
  }

  async function attempt(leased: Leased, signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
    try {
      return await deliver(leased, signal);
    } catch (error) {
      return { outcome: 'retry', error: errorName(error) };
    }
  }
}
