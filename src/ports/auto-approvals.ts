/** Auto-approved requests that Slack does not show yet. */

import type { Approved } from '../domain/approval.js';
import type { PostedCard } from './cards.js';

export interface UnsentAutoApprovals {
  /** The newest of them, oldest first. */
  readonly approvals: readonly Approved[];
  /** Their number. */
  readonly count: number;
}

/** Requests that a policy's conditions granted. A channel is a Slack id; undefined is the configured default. */
export interface AutoApprovals {
  unsent(channel: string | undefined, limit: number): Promise<UnsentAutoApprovals>;
  /**
   * Records that the channel shows everything up to the newest of these, and which message shows them; the channel gets no other message
   * for a minute.
   */
  markSent(channel: string | undefined, lines: readonly PostedCard[]): Promise<void>;
}
