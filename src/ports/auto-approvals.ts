/** What no person had to decide, and nobody has been told of yet. */

import type { Approved } from '../domain/approval.js';
import type { PostedCard } from './cards.js';

export interface UnsentAutoApprovals {
  /** The newest of them, oldest first. */
  readonly approvals: readonly Approved[];
  /** How many there are in all. */
  readonly count: number;
}

/** Requests that a policy's conditions granted. A channel is a Slack id; undefined is the configured default. */
export interface AutoApprovals {
  unsent(channel: string | undefined, limit: number): Promise<UnsentAutoApprovals>;
  /**
   * Notes that the channel knows of everything up to the newest of these, and which message shows them, and spares it for a minute.
   * Told twice is better than never.
   */
  markSent(channel: string | undefined, lines: readonly PostedCard[]): Promise<void>;
}
