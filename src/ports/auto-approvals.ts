/** Auto-approved requests that Slack has not announced yet. */

import type { Approved } from '../domain/approval.js';
import type { PostedCard } from './cards.js';

export interface UnsentAutoApprovals {
  /** The newest `limit` of them, the oldest first. */
  readonly approvals: readonly Approved[];
  /** The total number. */
  readonly count: number;
}

/** `channel` is a Slack channel id. Undefined: the configured default channel. */
export interface AutoApprovals {
  unsent(channel: string | undefined, limit: number): Promise<UnsentAutoApprovals>;
  /**
   * Records that everything up to the newest of these is announced in the channel, and in which message. The next announcement waits
   * for a minute. If the process ends before this call, the announcement is sent again: at least once.
   */
  markSent(channel: string | undefined, lines: readonly PostedCard[]): Promise<void>;
}
