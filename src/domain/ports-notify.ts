/** Telling receivers: how one is reached, and what became of telling it. */

import type { Notification } from './notification.js';
import type { ReceiverKind } from './vocabulary.js';

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
export type Telling =
  | { readonly outcome: 'sent' }
  | {
      readonly outcome: 'retry';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
    }
  /** It will never do, whatever is sent: 410, or an address that is not to be connected to. The receiver is switched off. */
  | { readonly outcome: 'gone'; readonly error: string };

/** Tells one receiver of one thing, in at most 15 s. Never rejects. Built anew whenever the settings change. */
export type Tell = (notification: Notification, signal: AbortSignal) => Promise<Telling>;

/** How each kind of receiver is told. Undefined: this installation cannot (no SMTP_URL). */
export type Tellers = {
  readonly [Kind in ReceiverKind]: ((settings: ReceiverSettings[Kind]) => Tell) | undefined;
};
