/** Follow one of the caller's own requests: get every status change of the approval or its grant until the caller stops. */

import type { ApprovalId } from '../../domain/approval.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Store, Wakeups } from '../../ports/index.js';
import { authenticated } from '../authorization/authenticate.js';
import { requireScope } from '../authorization/require-scope.js';
import { type Access, withGrant } from './approval-with-grant.js';

export interface Following {
  /** The last state that the caller knows (`accessState`). A change since then is reported immediately. */
  readonly since: string;
  readonly onChange: () => void;
  /** Stops following. */
  readonly signal: AbortSignal;
}

/** Resolves without a value when the signal aborts, or with a refusal as soon as the key may no longer see the approval. */
export type FollowApproval = (
  caller: Caller,
  id: ApprovalId,
  following: Following,
) => Promise<Result<undefined>>;

/** Milliseconds between two checks without a wake-up. They detect revoked keys, and grants that expired by the clock. */
const CHECK_EVERY = 15_000;

/** Every check also verifies that the key is still valid. An invalid key gets no report. */
export function createFollowApproval(store: Store, wakeups: Wakeups): FollowApproval {
  async function check(caller: Caller, id: ApprovalId): Promise<Result<Access>> {
    const known = authenticated(await store.principals.credentials(caller.key.id));
    if (!known) return refused({ code: 'invalid_key' });
    const forbidden = requireScope(known, 'access:request');
    if (forbidden) return forbidden;
    const approval = await store.approvals.find(id);
    if (!approval || approval.principal !== known.principal.id)
      return refused({ code: 'not_found' });
    return ok(await withGrant(store, approval));
  }

  return async (caller, id, { since, onChange, signal }) => {
    let reported = since;
    // Subscribe before the first check, so that no change between the two is missed.
    const wakeup = wakeups.subscribe(id);
    try {
      while (!signal.aborted) {
        const seen = await check(caller, id);
        if (!seen.ok) return seen;
        const now = accessState(seen.value);
        if (now !== reported && !signal.aborted) onChange();
        reported = now;
        await wakeup.next(CHECK_EVERY, signal);
      }
      return ok(undefined);
    } finally {
      wakeup.close();
    }
  };
}

/** The part of a request whose changes are reported. Other changes are not. */
export const accessState = ({ approval, grant }: Access) => `${approval.status} ${grant?.status}`;
