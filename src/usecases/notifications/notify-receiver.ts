/** Tell a receiver what the outbox holds for it, and switch one off that nothing has reached for days. */

import { systemActor } from '../../domain/audit-event.js';
import type { Notification } from '../../domain/notification.js';
import { FAILING_MAX } from '../../domain/receiver.js';
import type { ReceiverKind } from '../../domain/vocabulary.js';
import type { Send, Senders, SendResult, Store, Vault } from '../../ports/index.js';
import { createSeals, type Seals, settingsOf } from './receiver-settings.js';

/** With the settings as they are now. `version`: what the notification was leased under; another one is looked up. */
export type NotifyReceiver = (
  kind: ReceiverKind,
  version: number,
  notification: Notification,
  signal: AbortSignal,
) => Promise<SendResult>;

export interface NotifyReceiverParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly installation: string;
  readonly senders: Senders;
  /** A monotonic clock in ms. */
  readonly stopwatch: () => number;
}

/** Milliseconds for which what was opened is used: a secret that signs no more is dropped by then. */
const OPENED_FOR = 60_000;

export function createNotifyReceiver(parts: NotifyReceiverParts): NotifyReceiver {
  const { store, stopwatch } = parts;
  const seals = createSeals(parts.vault, parts.installation);
  const opened = new Map<ReceiverKind, { version: number; at: number; tell: Send | undefined }>();

  const open = async (kind: ReceiverKind, version: number) => {
    const known = opened.get(kind);
    if (known?.version === version && stopwatch() - known.at < OPENED_FOR) return known.tell;
    const tell = await openSender(store, seals, parts.senders, kind);
    opened.set(kind, { version, at: stopwatch(), tell });
    return tell;
  };

  return async (kind, version, notification, signal) => {
    const tell = await open(kind, version);
    const telling: SendResult = tell
      ? await tell(notification, signal)
      : { outcome: 'retry', error: 'not_set_up' };
    if (telling.outcome !== 'sent') await disableFailing(store, kind, version, telling);
    return telling;
  };
}

/** Undefined when this installation cannot tell it, or it is not there. */
export async function openSender<Kind extends ReceiverKind>(
  store: Store,
  seals: Seals,
  senders: Senders,
  kind: Kind,
): Promise<Send | undefined> {
  const sender = senders[kind];
  const row = await store.receivers.find(kind);
  const stored = await store.receivers.sealed(kind);
  if (!sender || !row || !stored) return undefined;
  const confidential = seals.open(kind, stored);
  const settings = settingsOf(kind, row.publicSettings, confidential, await store.now());
  return settings && sender(settings);
}

/**
 * At once when it is gone for good, else when nothing has reached it for five days; never on the word of what its settings were before.
 * The other receivers are told.
 */
async function disableFailing(
  store: Store,
  kind: ReceiverKind,
  version: number,
  telling: SendResult,
): Promise<void> {
  if (telling.outcome === 'sent') return;
  const { outcome, error } = telling;
  await store.transaction(async (tx) => {
    const off = await tx.receivers.disable(
      kind,
      version,
      error,
      outcome === 'gone' ? undefined : FAILING_MAX,
    );
    if (!off) return;
    await tx.receivers.giveUp(kind, 'switched_off');
    tx.record({
      type: 'receiver_disabled',
      actor: systemActor('notifications'),
      details: { receiver: kind, because: error },
    });
  });
}
