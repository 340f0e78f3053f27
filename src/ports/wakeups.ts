/** Waking waiters in every process when something they wait for may have changed. */

import type { ApprovalId } from '../domain/approval.js';
import type { ElicitationId } from './elicitations.js';
import type { SessionId } from './subscriptions.js';

/** What a waiter can wait for. */
export type WakeupId = ApprovalId | ElicitationId | SessionId;

export interface Wakeups {
  /**
   * Resolves when what it names may have changed, the signal aborts, or `ms` have passed. Subscribe first, re-read, then wait:
   * `next` is armed when `subscribe` returns.
   */
  subscribe(id: WakeupId): Wakeup;
}

export interface Wakeup {
  next(ms: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}
