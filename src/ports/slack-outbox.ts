/** The outbox of Slack: what is waiting to be shown there. */

/** One row of an outbox that is due, leased to this process. */
export interface Leased {
  readonly subject: string;
  /** The row's `sent` becomes this when it is delivered; also the card's revision. */
  readonly wanted: number;
  readonly attempts: number;
  /** The error of the last attempt, if one failed. */
  readonly lastError?: string | undefined;
  /** A person has just decided it and is looking at the card. */
  readonly urgent?: boolean | undefined;
}

/** The result of one attempt to deliver. `error` is a short code, never a body or an address; without `retryAfterMs` the worker chooses the delay. */
export type DeliveryResult =
  | { readonly outcome: 'sent' }
  /** This one failed; others may succeed. */
  | {
      readonly outcome: 'retry';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
    }
  /** The destination does not answer or is overloaded: all other deliveries to it wait until one succeeds. */
  | {
      readonly outcome: 'unavailable';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
    };

/**
 * What a subject is: an approval (`slack_card`), `<policy>:<version>` (`slack_policy_change`), `<channel>:<message>`
 * (`slack_digest`), a person (`slack_direct`, `slack_home`), `<kind>:<approval>` (`slack_thread`), a channel or `default` (`slack_auto`).
 */
export type Destination =
  | 'slack_card'
  | 'slack_policy_change'
  | 'slack_digest'
  | 'slack_direct'
  | 'slack_thread'
  | 'slack_auto'
  | 'slack_home';

/** A lease that ends without a result is given again, so a destination may get the same row twice. */
export interface SlackOutbox {
  /** For `leaseMs`. `urgentOnly`: only cards that a person has just decided and is looking at. */
  lease(
    destination: Destination,
    limit: number,
    leaseMs: number,
    urgentOnly?: boolean,
  ): Promise<readonly Leased[]>;
  /** Delivered up to `wanted`; a change after the lease keeps the row due. */
  sent(destination: Destination, ...done: readonly Leased[]): Promise<void>;
  /** Due again after `delayMs`. `error` is a short code, never a body, optionally followed by the channel. */
  retry(destination: Destination, leased: Leased, delayMs: number, error: string): Promise<void>;
  retryAll(
    destination: Destination,
    leased: readonly Leased[],
    delayMs: number,
    error: string,
  ): Promise<void>;
  /** Rows that failed at least once and are still due. */
  failing(): Promise<readonly FailingDeliveries[]>;
}

/** Rows that wait because of the same error. */
export interface FailingDeliveries {
  readonly error: string;
  readonly waiting: number;
  readonly since: Date;
}
