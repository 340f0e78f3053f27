/** Wait, for a bounded time, until an approval of one's own is no longer pending. Safe to repeat; nothing is lost with the connection. */

import type { Approval, ApprovalId } from '../domain/approval.js';
import type { Cards, Store, Wakeups } from '../domain/ports.js';
import { done, type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import { type Access, withGrant, withLink } from './access.js';
import { needScope } from './need-scope.js';

export interface Waiting {
  /** Milliseconds; 0 looks once. */
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  /** Called at once and then every `everyMs`, with the milliseconds waited so far. */
  readonly onWait?: ((waitedMs: number, approval: Approval) => void | Promise<void>) | undefined;
}

export type AwaitDecision = (
  caller: Caller,
  id: ApprovalId,
  waiting: Waiting,
) => Promise<Result<Access>>;

/** How often a waiter shows that it is alive (ms). */
const PROGRESS_EVERY = 10_000;

/** Resolves with the approval as it stands when it is settled, the time is over, or the signal aborts. */
export function createAwaitDecision(
  store: Store,
  wakeups: Wakeups,
  stopwatch: () => number,
  cardLink?: Cards['link'],
): AwaitDecision {
  return async (caller, id, { ms, signal, onWait }) => {
    const forbidden = needScope(caller, 'access:request');
    if (forbidden) return forbidden;
    const started = stopwatch();
    // Subscribed before the first look, so that a decision between the two is not missed.
    const wakeup = wakeups.subscribe(id);
    try {
      for (;;) {
        const approval = await store.approvals.find(id);
        if (!approval || approval.principal !== caller.principal.id)
          return refused({ code: 'not_found' });
        const waited = stopwatch() - started;
        const left = ms - waited;
        if (approval.status !== 'pending' || left <= 0 || signal?.aborted)
          return done(await withLink(await withGrant(store, approval), cardLink));
        await onWait?.(waited, approval);
        await wakeup.next(Math.min(left, PROGRESS_EVERY), signal);
      }
    } finally {
      wakeup.close();
    }
  };
}
