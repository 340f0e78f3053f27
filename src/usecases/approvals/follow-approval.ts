/** Be told whenever an approval of one's own, or the grant that it gave, stands otherwise than before. It has no end of its own. */

import type { ApprovalId } from '../../domain/approval.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Store, Wakeups } from '../../ports/index.js';
import { authenticated } from '../authorization/authenticate.js';
import { requireScope } from '../authorization/require-scope.js';
import { type Access, withGrant } from './approval-with-grant.js';

export interface Following {
  /** How it stood when the caller last looked (`standingOf`): what happened since is told at once. */
  readonly since: string;
  readonly onChange: () => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Resolves when the signal aborts, with nothing, or as soon as the key may not know of the approval any more, with the refusal. */
export type FollowApproval = (
  caller: Caller,
  id: ApprovalId,
  following: Following,
) => Promise<Result<undefined>>;

/** Milliseconds between two looks without a wake-up: a key that was revoked, and a grant that only the clock ended, are seen then. */
const LOOK_EVERY = 15_000;

/** Every look asks anew whether the key is still good: nothing is told to one that is not. */
export function createFollowApproval(store: Store, wakeups: Wakeups): FollowApproval {
  async function look(caller: Caller, id: ApprovalId): Promise<Result<Access>> {
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
    let told = since;
    // Subscribed before the first look, so that a change between the two is not missed.
    const wakeup = wakeups.subscribe(id);
    try {
      while (!signal.aborted) {
        const seen = await look(caller, id);
        if (!seen.ok) return seen;
        const now = accessState(seen.value);
        if (now !== told && !signal.aborted) onChange();
        told = now;
        await wakeup.next(LOOK_EVERY, signal);
      }
      return ok(undefined);
    } finally {
      wakeup.close();
    }
  };
}

/** What is told of: anything else about a request may change unheard. */
export const accessState = ({ approval, grant }: Access) => `${approval.status} ${grant?.status}`;
