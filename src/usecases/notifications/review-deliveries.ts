/** List deliveries to receivers, replay them, and send a test notification. */

import { keyActor } from '../../domain/audit-event.js';
import type { Notification } from '../../domain/notification.js';
import type {
  DeliveryFilter,
  NotificationDelivery,
  ReplaySelection,
} from '../../domain/receiver.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { ReceiverKind } from '../../domain/vocabulary.js';
import type { Listed, MakeId, Page, Senders, SendResult, Store, Vault } from '../../ports/index.js';
import { changeAs } from '../authorization/change-as.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { openSender } from './notify-receiver.js';
import { createSeals } from './receiver-settings.js';

export interface ReviewDeliveries {
  /** Newest first. */
  list(
    caller: Caller,
    filter: DeliveryFilter,
    page: Page,
  ): Promise<Result<Listed<NotificationDelivery>>>;
  /** Sends the same notification under the same id again, with all attempts available again. */
  replay(
    caller: Caller,
    which: ReplaySelection,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<{ readonly replayed: number }>>;
  /** Sends a test notification to one receiver immediately. A retry under the same idempotency key returns the first result. */
  test(
    caller: Caller,
    kind: ReceiverKind,
    signal: AbortSignal,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<SendResult>>;
}

/** The answer to a retry while the first test is in progress. */
const IN_PROGRESS: SendResult = { outcome: 'retry', error: 'in_progress' };

export interface ReviewParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly vault: Vault;
  readonly installation: string;
  readonly senders: Senders;
  readonly makeId: MakeId;
}

export function createReviewDeliveries(parts: ReviewParts): ReviewDeliveries {
  const { store, senders, makeId } = parts;
  const seals = createSeals(parts.vault, parts.installation);
  return {
    list: async (caller, filter, page) =>
      requireScope(caller, 'notifications:manage') ??
      ok(await store.receivers.deliveries(filter, page)),

    replay: async (caller, which, idempotencyKey) =>
      requireScope(caller, 'notifications:manage') ??
      changeAs(parts, caller, idempotencyKey, async (tx) => {
        const replayed = await tx.receivers.replay(which);
        const selection = 'ids' in which ? { ids: [...which.ids] } : { receiver: which.receiver };
        tx.record({
          type: 'notifications_replayed',
          actor: keyActor(caller),
          details: { ...selection, replayed },
        });
        return ok({ replayed });
      }),

    async test(caller, kind, signal, idempotencyKey) {
      const forbidden = requireScope(caller, 'notifications:manage');
      if (forbidden) return forbidden;
      const send = await openSender(store, seals, senders, kind);
      if (!send) return refused({ code: 'not_found' });
      let first = false;
      const begun = await changeAs(parts, caller, idempotencyKey, async () => {
        first = true;
        return ok(IN_PROGRESS);
      });
      if (!begun.ok || !first) return begun;
      // Send outside a transaction. A separate transaction stores the result.
      const at = (await store.now()).toISOString();
      const result = await send(testOf(caller, makeId('evt'), at), signal);
      if (idempotencyKey)
        await store.transaction((tx) =>
          tx.idempotency.save(idempotencyKey.principal, idempotencyKey.key, result),
        );
      return ok(result);
    },
  };
}

/** A notification of type `alert` with the outcome `test`. */
const testOf = ({ principal }: Caller, id: string, timestamp: string): Notification => ({
  id,
  type: 'alert',
  timestamp,
  sequence: 0,
  event: 'alert_fired',
  actor: { kind: 'key', name: principal.name },
  outcome: 'test',
});
