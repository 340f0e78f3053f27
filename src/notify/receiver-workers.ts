/** One worker for each notification receiver, so that a slow receiver delays no other. */

import { SECOND } from '../domain/limits.js';
import {
  delayBefore,
  NOTIFICATION,
  notBefore,
  RECEIVER_RETRY_AFTER_MAX,
  RECEIVER_UNREACHABLE,
  type RetrySchedule,
} from '../domain/retry-policy.js';
import { RECEIVERS, type ReceiverKind } from '../domain/vocabulary.js';
import type {
  DeliveryResult,
  LeasedNotification,
  Log,
  NotificationOutbox,
  SendResult,
} from '../ports/index.js';
import { combineWorkers, createOutboxWorker, type OutboxWorker } from './outbox-worker.js';

export interface ReceiverWorkerParts {
  readonly notificationOutbox: NotificationOutbox;
  readonly send: (leased: LeasedNotification, signal: AbortSignal) => Promise<SendResult>;
  readonly logger: Pick<Log, 'warn'>;
  /** How often to check the outbox without a poke (ms). */
  readonly intervalMs: number;
  /** Default: `NOTIFICATION`. Tests pass a quicker one. */
  readonly schedule?: RetrySchedule | undefined;
  /** Milliseconds; default: longer than sending takes. */
  readonly leaseMs?: number | undefined;
  /** Milliseconds to pause a receiver after `failures` (1 or more) probes without an answer. */
  readonly pauseMs?: ((failures: number) => number) | undefined;
}

/** Notifications sent to one receiver at the same time. A receiver that takes 15 s for each still gets about 2,000 an hour. */
const CONCURRENCY = 8;
/** Milliseconds. Sending takes at most 15 s. */
const LEASE = 30 * SECOND;

export const createReceiverWorkers = (parts: ReceiverWorkerParts): OutboxWorker =>
  combineWorkers(RECEIVERS.map((kind) => createReceiverWorker(kind, parts)));

function createReceiverWorker(kind: ReceiverKind, parts: ReceiverWorkerParts): OutboxWorker {
  const { notificationOutbox, send, logger, intervalMs, schedule = NOTIFICATION } = parts;
  const outbox = createBatchedOutbox(notificationOutbox, kind);
  const worker = createOutboxWorker<LeasedNotification, ReceiverKind>({
    outbox,
    destination: kind,
    deliver: async (leased, signal) =>
      resultOf(
        await send(leased, signal),
        delayBefore(schedule, leased.attempts + 1, Math.random()),
      ),
    logger,
    intervalMs,
    limit: CONCURRENCY,
    leaseMs: parts.leaseMs ?? LEASE,
    pauseMs: parts.pauseMs ?? defaultPause,
  });
  return {
    ...worker,
    async stop() {
      await worker.stop();
      await outbox.release();
    },
  };
}

/** Notifications that are leased with those to be sent now, so that the next ones need no statement of their own. */
const AHEAD = 24;
/** Milliseconds. Longer than this no leased notification waits for its turn: its lease would end while it is sent. */
const AHEAD_FOR = 5 * SECOND;

/**
 * Fewer statements for the same promises: leases several notifications at once, and records together what was sent while a statement
 * ran. Only one notification of an approval is leased at a time, so their order does not change.
 */
function createBatchedOutbox(outbox: NotificationOutbox, kind: ReceiverKind) {
  let ahead: readonly LeasedNotification[] = [];
  let leasedAt = 0;
  const takeAhead = (limit: number) => {
    const taken = ahead.slice(0, limit);
    ahead = ahead.slice(limit);
    return taken;
  };
  const release = async () => {
    const unsent = takeAhead(ahead.length);
    if (unsent.length > 0) await outbox.release(kind, unsent);
  };
  return {
    async lease(_kind: ReceiverKind, limit: number, leaseMs: number) {
      if (performance.now() - leasedAt > AHEAD_FOR) await release();
      if (ahead.length === 0) {
        leasedAt = performance.now();
        ahead = await outbox.lease(kind, limit + AHEAD, leaseMs);
      }
      return takeAhead(limit);
    },
    sent: batched((done: readonly LeasedNotification[]) => outbox.sent(kind, ...done)),
    retry: outbox.retry,
    /** Ends the leases of what has not been sent. */
    release,
  };
}

/** What arrives while a write runs is written by the next one. Each call settles with the write that contains it. */
function batched<T>(write: (all: readonly T[]) => Promise<void>) {
  let running: Promise<void> = Promise.resolve();
  let next: { readonly all: T[]; readonly written: Promise<void> } | undefined;
  return (_kind: ReceiverKind, one: T): Promise<void> => {
    if (next) {
      next.all.push(one);
      return next.written;
    }
    const all = [one];
    const written = running.then(() => {
      next = undefined;
      return write(all);
    });
    running = written.catch(() => undefined);
    next = { all, written };
    return written;
  };
}

/** A receiver that is gone has been switched off: its notifications wait until it is switched on again. */
function resultOf(sent: SendResult, delayMs: number): DeliveryResult {
  switch (sent.outcome) {
    case 'sent':
      return sent;
    case 'gone':
      return { outcome: 'retry', error: sent.error, retryAfterMs: delayMs };
    case 'retry':
    case 'unavailable':
      return {
        ...sent,
        retryAfterMs: notBefore(delayMs, sent.retryAfterMs, RECEIVER_RETRY_AFTER_MAX),
      };
  }
}

const defaultPause = (failures: number) =>
  delayBefore(RECEIVER_UNREACHABLE, failures + 1, Math.random());
