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
  return createOutboxWorker<LeasedNotification, ReceiverKind>({
    outbox: notificationOutbox,
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
