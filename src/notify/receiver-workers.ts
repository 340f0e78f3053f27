/** One relay for each receiver, so that a slow one holds up nobody else. */

import { MINUTE, SECOND } from '../domain/limits.js';
import { TRIES } from '../domain/receiver.js';
import { RECEIVERS, type ReceiverKind } from '../domain/vocabulary.js';
import type { LeasedNotification, Log, NotificationOutbox, SendResult } from '../ports/index.js';
import { asOne, createOutboxWorker, type OutboxWorker, type Outcome } from './outbox-worker.js';

export interface ReceiverWorkerParts {
  readonly outbox: NotificationOutbox;
  readonly tell: (leased: LeasedNotification, signal: AbortSignal) => Promise<SendResult>;
  readonly logger: Pick<Log, 'warn'>;
  /** How often to look without being poked (ms). */
  readonly intervalMs: number;
  /** Milliseconds before each try after the first; default: `TRIES`. Tests bring a quicker one. */
  readonly schedule?: readonly number[] | undefined;
  /** Milliseconds; default: longer than telling takes. */
  readonly leaseMs?: number | undefined;
  /** Milliseconds to leave a receiver alone after so many silences of it. */
  readonly restMs?: ((earlier: number) => number) | undefined;
}

/** So many are told at once; a receiver that hangs for 15 s still hears of half a thousand things in an hour. */
const AT_ONCE = 8;
/** Milliseconds: telling takes 15 s at the most. */
const LEASE = 30 * SECOND;
const RESTS = [SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE] as const;
/** A receiver that wants to be left alone for longer is asked again all the same. */
const RETRY_AFTER_MAX = 60 * MINUTE;

/** As if they were one. */
export const createReceiverWorkers = (parts: ReceiverWorkerParts): OutboxWorker =>
  asOne(RECEIVERS.map((kind) => relayTo(kind, parts)));

function relayTo(kind: ReceiverKind, parts: ReceiverWorkerParts): OutboxWorker {
  const { outbox, tell, logger, intervalMs, schedule = TRIES, restMs = restSpread } = parts;
  return createOutboxWorker<LeasedNotification, ReceiverKind>({
    outbox: outbox,
    destination: kind,
    deliver: async (leased, signal) =>
      outcomeOf(await tell(leased, signal), delayAfter(leased.attempts, schedule)),
    logger,
    intervalMs,
    limit: AT_ONCE,
    leaseMs: parts.leaseMs ?? LEASE,
    restMs,
  });
}

/** A receiver that is gone was switched off; what waits for it waits until it is switched on again. */
function outcomeOf(telling: SendResult, usual: number): Outcome {
  switch (telling.outcome) {
    case 'sent':
      return telling;
    case 'gone':
      return { outcome: 'retry', error: telling.error, retryAfterMs: usual };
    case 'retry':
    case 'away': {
      const asked = Math.min(telling.retryAfterMs ?? 0, RETRY_AFTER_MAX);
      return { ...telling, retryAfterMs: Math.max(usual, asked) };
    }
  }
}

const delayAfter = (attempts: number, schedule: readonly number[]) =>
  spread(schedule[attempts] ?? schedule.at(-1) ?? 0);

const restSpread = (earlier: number) => spread(RESTS[Math.min(earlier, RESTS.length - 1)] ?? 0);

/** A fifth more or less, so that what failed together does not come back together. */
const spread = (ms: number) => Math.round(ms * (0.8 + 0.4 * Math.random()));
