/** Notification receivers: how each is reached, and what is waiting to be sent to it. */

import type { Notification } from '../domain/notification.js';
import type {
  DeliveryFilter,
  NotificationDelivery,
  ReceiverRow,
  ReplaySelection,
} from '../domain/receiver.js';
import type { SealedValue } from '../domain/secret.js';
import type { ReceiverKind } from '../domain/vocabulary.js';
import type { Listed, Page } from './page.js';
import type { DeliveryResult, Leased } from './slack-outbox.js';

/** Addresses that get each notification as an e-mail. */
export interface EmailSettings {
  readonly recipients: readonly string[];
}

/** A Slack incoming webhook. Its address is a secret. */
export interface SlackWebhookSettings {
  readonly webhookUrl: string;
  /** Only shown to people: Slack fixes the channel of an incoming webhook when it is created. */
  readonly channel?: string | undefined;
}

/** An endpoint after Standard Webhooks. */
export interface WebhookSettings {
  readonly url: string;
  /** `whsec_…`, the newest first. Each of them signs, so that a receiver can switch to the new one. */
  readonly secrets: readonly string[];
}

export interface ReceiverSettings {
  readonly email: EmailSettings;
  readonly slack: SlackWebhookSettings;
  readonly webhook: WebhookSettings;
}

/** The result of sending one notification; `gone`: the receiver answered 410, and is switched off. */
export type SendResult = DeliveryResult | { readonly outcome: 'gone'; readonly error: string };

/** Sends one notification to one receiver, in at most 15 s. Never rejects. Created again whenever the receiver's settings change. */
export type Send = (notification: Notification, signal: AbortSignal) => Promise<SendResult>;

/** How to send to each kind of receiver. Undefined where this installation cannot (no SMTP_URL). */
export type Senders = {
  readonly [Kind in ReceiverKind]: ((settings: ReceiverSettings[Kind]) => Send) | undefined;
};

/** Checks the text of an address. Undefined when vsecure may post to it, else what is wrong and what to use instead. */
export type CheckTarget = (kind: 'slack' | 'webhook', url: string) => string | undefined;

/** Makes a signing secret for webhooks: `whsec_` and 32 random bytes in base64. https://www.standardwebhooks.com */
export type MakeSigningSecret = () => string;

/** One notification that is due. */
export interface LeasedNotification extends Leased {
  readonly receiver: ReceiverKind;
  /** Of the receiver's settings, when the notification was leased. */
  readonly version: number;
  readonly notification: Notification;
}

/** Notifications of one approval are leased one after another, in the order of the audit trail. */
export interface NotificationOutbox {
  lease(
    receiver: ReceiverKind,
    limit: number,
    leaseMs: number,
  ): Promise<readonly LeasedNotification[]>;
  sent(receiver: ReceiverKind, ...done: readonly Leased[]): Promise<void>;
  /** Ends leases under which nothing was sent. */
  release(receiver: ReceiverKind, leased: readonly Leased[]): Promise<void>;
  /** Due again after `delayMs`; `dead` when this was the last attempt. */
  retry(receiver: ReceiverKind, leased: Leased, delayMs: number, error: string): Promise<void>;
}

export interface ReceiverReads {
  list(): Promise<readonly ReceiverRow[]>;
  find(kind: ReceiverKind): Promise<ReceiverRow | undefined>;
  sealed(
    kind: ReceiverKind,
  ): Promise<{ readonly version: number; readonly sealed: SealedValue } | undefined>;
  deliveries(filter: DeliveryFilter, page: Page): Promise<Listed<NotificationDelivery>>;
}

export interface Receivers extends ReceiverReads {
  /** Locks the settings until the transaction ends, so that concurrent changes are made one after another. */
  lockAll(): Promise<void>;
  /** Writes the next version of the settings. */
  put(
    row: Omit<ReceiverRow, 'version' | 'updatedAt' | 'disabledBecause'>,
    sealed: SealedValue,
  ): Promise<void>;
  /**
   * Switches the receiver off if it is on and its settings are still of this version; with `failingForMs`, only if nothing has reached it
   * for that long. Returns false when nothing changed.
   */
  disable(
    kind: ReceiverKind,
    version: number,
    because: string,
    failingForMs?: number,
  ): Promise<boolean>;
  /** Marks all waiting notifications of the receiver as `dead`; they can be replayed. */
  giveUp(kind: ReceiverKind, error: string): Promise<void>;
  /** Makes them due again, as if never tried. Returns their number. */
  replay(which: ReplaySelection): Promise<number>;
}
