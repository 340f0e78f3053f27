/** What receivers were told, and telling them once more. */

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
  /** The same notification under the same id, with all tries before it. */
  replay(
    caller: Caller,
    which: ReplaySelection,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<{ readonly replayed: number }>>;
  /** Tells one receiver that this is a test, at once. Sent again it answers with what came of the first time. */
  test(
    caller: Caller,
    kind: ReceiverKind,
    signal: AbortSignal,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<SendResult>>;
}

/** What whoever sends a test again is told while the first is under way. */
const UNDER_WAY: SendResult = { outcome: 'retry', error: 'in_progress' };

export interface ReviewParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly vault: Vault;
  readonly installation: string;
  readonly senders: Senders;
  readonly makeId: MakeId;
}

export function createReviewDeliveries(parts: ReviewParts): ReviewDeliveries {
  const { store, idempotent, senders, makeId } = parts;
  const seals = createSeals(parts.vault, parts.installation);
  return {
    list: async (caller, filter, page) =>
      requireScope(caller, 'notifications:manage') ??
      ok(await store.receivers.deliveries(filter, page)),

    replay: async (caller, which, idempotencyKey) =>
      requireScope(caller, 'notifications:manage') ??
      store.transaction((tx) =>
        idempotent(tx, idempotencyKey, async () => {
          const replayed = await tx.receivers.replay(which);
          const asked = 'ids' in which ? { ids: [...which.ids] } : { receiver: which.receiver };
          tx.record({
            type: 'notifications_replayed',
            actor: keyActor(caller),
            details: { ...asked, replayed },
          });
          return ok({ replayed });
        }),
      ),

    async test(caller, kind, signal, idempotencyKey) {
      const forbidden = requireScope(caller, 'notifications:manage');
      if (forbidden) return forbidden;
      const tell = await openSender(store, seals, senders, kind);
      if (!tell) return refused({ code: 'not_found' });
      let first = false;
      const begun = await store.transaction((tx) =>
        idempotent(tx, idempotencyKey, async () => {
          first = true;
          return ok(UNDER_WAY);
        }),
      );
      if (!begun.ok || !first) return begun;
      // Outside of any transaction; what came of it is kept in one of its own.
      const at = (await store.now()).toISOString();
      const telling = await tell(testOf(caller, makeId('evt'), at), signal);
      if (idempotencyKey)
        await store.transaction((tx) =>
          tx.idempotency.save(idempotencyKey.principal, idempotencyKey.key, telling),
        );
      return ok(telling);
    },
  };
}

/** Looks like an alert, and says that it is none. */
const testOf = ({ principal }: Caller, id: string, timestamp: string): Notification => ({
  id,
  type: 'alert',
  timestamp,
  sequence: 0,
  event: 'alert_fired',
  actor: { kind: 'key', name: principal.name },
  outcome: 'test',
});
