/** Wait for a bounded time until the caller's request is no longer pending. It is safe to repeat; a lost connection loses nothing. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Cards, Store, Wakeups } from '../../ports/index.js';
import { authenticated } from '../authorization/authenticate.js';
import { requireScope } from '../authorization/require-scope.js';
import { createSlots } from '../slots.js';
import { waitUntil } from '../wait-until.js';
import { type Access, withGrant, withLink } from './approval-with-grant.js';

export interface Waiting {
  /** Milliseconds. With 0 the state is read once. */
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
  /** Called before the first wait and then at least every ten seconds, with the milliseconds waited so far. */
  readonly onWait?: ((waitedMs: number, approval: Approval) => void | Promise<void>) | undefined;
}

export type WaitForDecision = (
  caller: Caller,
  id: ApprovalId,
  waiting: Waiting,
) => Promise<Result<Access>>;

/** Open waits for one request. All of them are answered at once when it ends, and no client needs more than a few. */
const WAITS_PER_REQUEST = 20;

/**
 * Resolves with the current approval when it is settled, there are too many waits for it, the time is up, or the signal aborts. A wait whose key is no longer valid ends,
 * and learns at most that the request was withdrawn.
 */
export function createWaitForDecision(
  store: Store,
  wakeups: Wakeups,
  stopwatch: () => number,
  cardLink?: Cards['link'],
): WaitForDecision {
  const slots = createSlots(WAITS_PER_REQUEST);
  const wait: WaitForDecision = async (caller, id, { ms, signal, onWait }) => {
    // The first read follows the authentication of this call.
    let valid: boolean | undefined;
    const own = await waitUntil(
      { wakeups, stopwatch },
      {
        id,
        ms,
        signal,
        async read() {
          valid = valid === undefined || (await isValid(store, caller));
          const found = await store.approvals.find(id);
          return found?.principal === caller.principal.id ? found : undefined;
        },
        isEnough: (seen) => !valid || seen?.status !== 'pending',
        onWait: (waited, seen) => seen && onWait?.(waited, seen),
      },
    );
    if (!own) return refused({ code: 'not_found' });
    if (!valid && own.status !== 'cancelled') return refused({ code: 'invalid_key' });
    return ok(await withLink(await withGrant(store, own), cardLink));
  };
  return async (caller, id, waiting) => {
    const forbidden = requireScope(caller, 'access:request');
    if (forbidden) return forbidden;
    const release = slots.take(`${caller.principal.id} ${id}`);
    try {
      return await wait(caller, id, release ? waiting : { ...waiting, ms: 0 });
    } finally {
      release?.();
    }
  };
}

const isValid = async ({ principals }: Store, { key }: Caller) =>
  authenticated(await principals.credentials(key.id)) !== undefined;
