/** Telling receivers: how one is reached, and what became of telling it. */

import type { Notification } from '../domain/notification.js';
import type {
  DeliveryFilter,
  NotificationDelivery,
  ReceiverRow,
  Replayed,
} from '../domain/receiver.js';
import type { SealedValue } from '../domain/secret.js';
import type { ReceiverKind } from '../domain/vocabulary.js';
import type { Listed, Page } from './page.js';
import type { Leased } from './slack-outbox.js';

/** Texts to be mailed to these addresses. */
export interface EmailSettings {
  readonly recipients: readonly string[];
}

/** A Slack incoming webhook. Its address is a secret. */
export interface SlackWebhookSettings {
  readonly webhookUrl: string;
  /** Shown to people; an incoming webhook posts where it was made for. */
  readonly channel?: string | undefined;
}

/** An endpoint after Standard Webhooks. */
export interface WebhookSettings {
  readonly url: string;
  /** `whsec_…`, the newest first; every one of them signs, so that a receiver can change over. */
  readonly secrets: readonly string[];
}

export interface ReceiverSettings {
  readonly email: EmailSettings;
  readonly slack: SlackWebhookSettings;
  readonly webhook: WebhookSettings;
}

/** What came of one try. `error` is a short code, never a body or an address. */
export type SendResult =
  | { readonly outcome: 'sent' }
  /** This one was not taken; others may be. */
  | {
      readonly outcome: 'retry';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
    }
  /** Nothing is there, or it is overloaded: the others wait until one gets through. */
  | { readonly outcome: 'away'; readonly error: string; readonly retryAfterMs?: number | undefined }
  /** It will never do, whatever is sent: 410. The receiver is switched off. */
  | { readonly outcome: 'gone'; readonly error: string };

/** Tells one receiver of one thing, in at most 15 s. Never rejects. Built anew whenever the settings change. */
export type Send = (notification: Notification, signal: AbortSignal) => Promise<SendResult>;

/** How each kind of receiver is told. Undefined: this installation cannot (no SMTP_URL). */
export type Senders = {
  readonly [Kind in ReceiverKind]: ((settings: ReceiverSettings[Kind]) => Send) | undefined;
};

/** Whether an address may be posted to at all, by what it says: undefined, or what is wrong with it and what would do. */
export type CheckTarget = (kind: 'slack' | 'webhook', url: string) => string | undefined;

/** Makes what signs webhooks: `whsec_` and 32 random bytes, base64. https://www.standardwebhooks.com */
export type MakeSigningSecret = () => string;

/** One notification that is to be told now. */
export interface LeasedNotification extends Leased {
  readonly receiver: ReceiverKind;
  /** Of the receiver's settings when it was leased. */
  readonly version: number;
  readonly notification: Notification;
}

/** The outbox of receivers. Those of one approval are leased one after another, in the order of the audit trail. */
export interface NotificationOutbox {
  lease(
    receiver: ReceiverKind,
    limit: number,
    leaseMs: number,
  ): Promise<readonly LeasedNotification[]>;
  sent(receiver: ReceiverKind, ...done: readonly Leased[]): Promise<void>;
  /** Due again after `delayMs`, or given up when it was the last try. */
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
  /** Held until the transaction ends; whoever configures first goes first. */
  hold(): Promise<void>;
  /** Writes it as its next version. */
  put(
    row: Omit<ReceiverRow, 'version' | 'updatedAt' | 'disabledBecause'>,
    sealed: SealedValue,
  ): Promise<void>;
  /**
   * Switches it off, when it is on, its settings are still of this version and, with `failingForMs`, nothing has reached it for so
   * long. False: it was not to be.
   */
  disable(
    kind: ReceiverKind,
    version: number,
    because: string,
    failingForMs?: number,
  ): Promise<boolean>;
  /** Nobody is waited for any more: what is still to be told can be replayed. */
  giveUp(kind: ReceiverKind, error: string): Promise<void>;
  /** Due once more, as if never tried. Resolves with how many. */
  replay(which: Replayed): Promise<number>;
}
