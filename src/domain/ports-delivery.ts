/** The outbox, and where cards were posted. */

import type { ApprovalId } from './approval.js';

/** One thing that a destination has not been told yet, leased to this process. */
export interface Leased {
  readonly subject: string;
  /** What `sent` becomes when this is done; the card's revision. */
  readonly wanted: number;
  readonly attempts: number;
}

export type Destination = 'slack_card' | 'slack_policy_change';

/** The outbox. A lease that runs out is given again, so a destination must bear hearing a thing twice. */
export interface Deliveries {
  lease(destination: Destination, limit: number, leaseMs: number): Promise<readonly Leased[]>;
  /** Done up to `wanted`; a change that came meanwhile keeps it due. */
  sent(destination: Destination, leased: Leased): Promise<void>;
  /** Due again after `delayMs`. `error` is a short code, never a body. */
  retry(destination: Destination, leased: Leased, delayMs: number, error: string): Promise<void>;
}

export interface PostedCard {
  readonly approval: ApprovalId;
  readonly teamId: string;
  readonly channel: string;
  readonly messageTs: string;
}

export interface Cards {
  find(id: ApprovalId): Promise<PostedCard | undefined>;
  /** Which approval does this message show? Undefined for a message that is not one of ours. */
  shownBy(channel: string, messageTs: string): Promise<ApprovalId | undefined>;
  save(card: PostedCard): Promise<void>;
}
