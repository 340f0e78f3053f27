/** Waking waiters in every process when something they wait for may have changed. */

import type { ApprovalId } from '../domain/approval.js';
import type { ElicitationId } from './elicitations.js';
import type { SessionId } from './subscriptions.js';

/** What a waiter can wait for. */
export type WakeupId = ApprovalId | ElicitationId | SessionId;

export interface Wakeups {
  /**
   * Subscribe first, read the state again, then call `next`. A change between `subscribe` and `next` makes `next` resolve.
   */
  subscribe(id: WakeupId): Wakeup;
}

export interface Wakeup {
  /** Resolves when the subject may have changed, the signal aborts, or `ms` have passed. */
  next(ms: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}
