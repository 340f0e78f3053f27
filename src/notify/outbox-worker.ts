/**
 * Delivers what transactions have committed to an outbox: leases due rows, hands them to a destination, records the result. Delivers at
 * least once, and never inside a transaction.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { errorName } from '../domain/error-name.js';
import { SECOND } from '../domain/limits.js';
import { delayBefore, SLACK_DELIVERY, SLACK_UNREACHABLE } from '../domain/retry-policy.js';
import type { DeliveryResult, Destination, Leased, Log } from '../ports/index.js';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.js';

/** May be called twice for the same row. The signal aborts when the worker stops. */
export type Deliver<L extends Leased = Leased> = (
  leased: L,
  signal: AbortSignal,
) => Promise<DeliveryResult>;

/** The part of an outbox that a worker needs. */
export interface WorkerOutbox<L extends Leased, D extends string> {
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
  readonly outbox: WorkerOutbox<L, D>;
  readonly destination: D;
  readonly deliver: Deliver<L>;
  readonly logger: Pick<Log, 'warn'>;
  /** How often to check the outbox without a poke (ms). */
  readonly intervalMs: number;
  /** How many deliveries may run at the same time. */
  readonly limit: number;
  /** Longer than a delivery takes (ms). After a crash, a row waits this long until it is leased again. */
  readonly leaseMs?: number | undefined;
  /** Leases only what a person has just decided and is looking at. */
  readonly urgentOnly?: boolean | undefined;
  /** Milliseconds to pause the destination after `failures` (1 or more) probes without an answer. Default: `SLACK_UNREACHABLE`. */
  readonly pauseMs?: ((failures: number) => number) | undefined;
}

export interface OutboxWorker {
  start(): void;
  /** Checks the outbox now. Harmless at any time. */
  poke(): void;
  /** Resolves when running deliveries have finished and their results are recorded. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const LEASE = 15 * SECOND;
/**
 * Milliseconds from a check that found nothing to the next one, when there was a poke in between. Every transaction that makes a delivery due
 * pokes all workers, so that in a flood of requests most checks find nothing.
 */
const AFTER_NOTHING = 100;

export function createOutboxWorker<L extends Leased = Leased, D extends string = Destination>(
  parts: OutboxWorkerParts<L, D>,
): OutboxWorker {
  const { outbox, destination, limit, pauseMs = defaultPause } = parts;
  const circuit = createCircuitBreaker({ limit, pauseMs, onResume: check });
  const deliverLeased = createDelivery(parts, circuit);
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> | undefined;
  let poked = false;

  const capacity = () => (timer === undefined ? 0 : circuit.capacity(running.size));

  /** One check runs at a time; a poke during a check causes another one. */
  function check(): void {
    poked = true;
    if (!checking && capacity() > 0) checking = checkWhilePoked();
  }

  async function checkWhilePoked(): Promise<void> {
    while (poked && capacity() > 0) {
      poked = false;
      const leased = await lease(capacity());
      for (const one of leased) begin(one);
      if (leased.length === 0 && poked) await sleep(AFTER_NOTHING);
    }
    // Synchronous with the last read of `poked`, so that no poke is lost in between.
    checking = undefined;
  }

  async function lease(count: number): Promise<readonly L[]> {
    try {
      return await outbox.lease(destination, count, parts.leaseMs ?? LEASE, parts.urgentOnly);
    } catch (error) {
      parts.logger.warn({ destination, error: errorName(error) }, 'could not lease deliveries');
      return [];
    }
  }

  function begin(leased: L): void {
    const job = deliverLeased(leased, stopping.signal).finally(() => {
      running.delete(job);
      // A slot is free, and the delivered row may have changed again.
      check();
    });
    running.add(job);
  }

  return {
    start() {
      timer ??= setInterval(check, parts.intervalMs);
      check();
    },
    poke: check,
    async stop() {
      clearInterval(timer);
      timer = undefined;
      circuit.stop();
      stopping.abort();
      await checking;
      await Promise.all(running);
    },
  };
}

const defaultPause = (failures: number) =>
  delayBefore(SLACK_UNREACHABLE, failures + 1, Math.random());

/** One delivery, from lease to recorded result. Never rejects: when the result is not recorded, the lease ends and the row is delivered again. */
function createDelivery<L extends Leased, D extends string>(
  { outbox, destination, deliver, logger, pauseMs = defaultPause }: OutboxWorkerParts<L, D>,
  circuit: CircuitBreaker,
) {
  return async (leased: L, signal: AbortSignal): Promise<void> => {
    const { subject, attempts } = leased;
    const result = await attempt(leased, signal);
    if (result.outcome === 'unavailable') circuit.recordNoAnswer();
    else circuit.recordAnswer();
    try {
      if (result.outcome === 'sent') return await outbox.sent(destination, leased);
      const delayMs = delayOf(result, attempts);
      if (!signal.aborted)
        logger.warn(
          { destination, subject, error: result.error, attempts, retryAfterMs: delayMs },
          'not delivered yet',
        );
      await outbox.retry(destination, leased, delayMs, result.error);
    } catch (error) {
      logger.warn(
        { destination, subject, error: errorName(error) },
        'could not record the result of a delivery',
      );
    }
  };

  /** A row that met no answer goes behind all others, so that one undeliverable row does not keep the others from being tried. */
  function delayOf(
    { outcome, retryAfterMs }: Exclude<DeliveryResult, { outcome: 'sent' }>,
    attempts: number,
  ): number {
    if (retryAfterMs !== undefined) return retryAfterMs;
    if (outcome === 'unavailable') return pauseMs(attempts);
    return delayBefore(SLACK_DELIVERY, attempts + 1, Math.random());
  }

  async function attempt(leased: L, signal: AbortSignal): Promise<DeliveryResult> {
    if (signal.aborted) return { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
    try {
      return await deliver(leased, signal);
    } catch (error) {
      return { outcome: 'retry', error: errorName(error) };
    }
  }
}

/** Several workers that start, wake and stop together. */
export function combineWorkers(workers: readonly OutboxWorker[]): OutboxWorker {
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
