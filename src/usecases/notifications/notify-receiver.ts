/** Send a notification from the outbox to its receiver, and disable a receiver after days without a successful delivery. */

import { systemActor } from '../../domain/audit-event.js';
import type { Notification } from '../../domain/notification.js';
import { FAILING_MAX } from '../../domain/receiver.js';
import type { ReceiverKind } from '../../domain/vocabulary.js';
import type { Send, Senders, SendResult, Store, Vault } from '../../ports/index.js';
import { createSeals, type Seals, settingsOf } from './receiver-settings.js';

/** Uses the current settings. `version` is the settings version at the time of the lease; a newer version is read from the store. */
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

/** Milliseconds for which opened settings are cached, so that an expired signing secret is dropped soon. */
const OPENED_FOR = 60_000;

export function createNotifyReceiver(parts: NotifyReceiverParts): NotifyReceiver {
  const { store, stopwatch } = parts;
  const seals = createSeals(parts.vault, parts.installation);
  const opened = new Map<ReceiverKind, { version: number; at: number; send: Send | undefined }>();

  const open = async (kind: ReceiverKind, version: number) => {
    const known = opened.get(kind);
    if (known?.version === version && stopwatch() - known.at < OPENED_FOR) return known.send;
    const send = await openSender(store, seals, parts.senders, kind);
    opened.set(kind, { version, at: stopwatch(), send });
    return send;
  };

  return async (kind, version, notification, signal) => {
    const send = await open(kind, version);
    const result: SendResult = send
      ? await send(notification, signal)
      : { outcome: 'retry', error: 'not_set_up' };
    if (result.outcome !== 'sent') await disableFailing(store, kind, version, result);
    return result;
  };
}

/** Undefined when the receiver is not configured, or this installation cannot send to it. */
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
 * Disables the receiver immediately when it answers that it is gone, else after five days without a successful delivery. A result under
 * older settings never disables it. The other receivers are notified.
 */
async function disableFailing(
  store: Store,
  kind: ReceiverKind,
  version: number,
  result: SendResult,
): Promise<void> {
  if (result.outcome === 'sent') return;
  const { outcome, error } = result;
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
