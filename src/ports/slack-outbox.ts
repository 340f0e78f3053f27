/** The outbox: what destinations have not been told yet. */

/** One thing that a destination has not been told yet, leased to this process. */
export interface Leased {
  readonly subject: string;
  /** What `sent` becomes when this is done; the card's revision. */
  readonly wanted: number;
  readonly attempts: number;
  /** What went wrong last time, when something did. */
  readonly lastError?: string | undefined;
  /** A person has just decided it and is looking. */
  readonly urgent?: boolean | undefined;
}

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

/** The outbox. A lease that runs out is given again, so a destination must bear hearing a thing twice. */
export interface SlackOutbox {
  /** For `leaseMs`. `urgentOnly`: nothing but what a person has just decided and is looking at. */
  lease(
    destination: Destination,
    limit: number,
    leaseMs: number,
    urgentOnly?: boolean,
  ): Promise<readonly Leased[]>;
  /** Done up to `wanted`; a change that came meanwhile keeps it due. */
  sent(destination: Destination, ...done: readonly Leased[]): Promise<void>;
  /** Due again after `delayMs`. `error` is a short code, never a body, and perhaps the channel that it is about. */
  retry(destination: Destination, leased: Leased, delayMs: number, error: string): Promise<void>;
  retryAll(
    destination: Destination,
    leased: readonly Leased[],
    delayMs: number,
    error: string,
  ): Promise<void>;
  /** What has been tried, and is still due. */
  failing(): Promise<readonly FailingDeliveries[]>;
}

/** Those that wait for the same reason. */
export interface FailingDeliveries {
  readonly error: string;
  readonly waiting: number;
  readonly since: Date;
}
