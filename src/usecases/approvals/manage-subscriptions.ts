/** Subscriptions of MCP sessions to requests of their own key. One process may store the subscription and another report the change. */

import type { ApprovalId } from '../../domain/approval.js';
import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { MakeId, SessionId, Store, Subscription, Wakeups } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import { accessTo } from './approval-with-grant.js';
import { accessState, type FollowApproval } from './follow-approval.js';

export interface FollowOptions {
  /** Called with each request whose state changed since the subscription or the last report. */
  readonly onChange: (approval: ApprovalId) => void;
  /** Stops following. */
  readonly signal: AbortSignal;
}

export interface ManageSubscriptions {
  /** Creates a session id. The store has no record of the session until its first subscription. */
  newSession(): SessionId;
  /**
   * Returns false when the session has reached its limit; beyond the limit of the key, its oldest subscription ends. For an id that is not a request of the caller it returns true and
   * never reports a change, so that the caller does not learn whether it exists.
   */
  add(caller: Caller, session: SessionId, id: ApprovalId): Promise<Result<boolean>>;
  remove(caller: Caller, session: SessionId, id: ApprovalId): Promise<void>;
  /** Resolves without a value when the signal aborts, or with a refusal as soon as the key may no longer see the requests. */
  follow(caller: Caller, session: SessionId, options: FollowOptions): Promise<Result<undefined>>;
}

/** Milliseconds after which the list is read again without a wake-up, in case a wake-up was lost. */
const REFRESH_EVERY = 60_000;

export interface SubscriptionParts {
  readonly store: Store;
  readonly wakeups: Wakeups;
  readonly makeId: MakeId;
}

export function createManageSubscriptions(
  { store, wakeups, makeId }: SubscriptionParts,
  followApproval: FollowApproval,
): ManageSubscriptions {
  return {
    newSession: () => makeId('sess'),

    async add(caller, session, id) {
      const forbidden = requireScope(caller, 'access:request');
      if (forbidden) return forbidden;
      const { principal } = caller;
      const access = await accessTo(store, id);
      if (access?.approval.principal !== principal.id) return ok(true);
      const subscription = { approval: id, state: accessState(access) };
      return store.transaction(async (tx) => {
        const added = await tx.subscriptions.insert(session, principal.id, subscription);
        if (added) await tx.wake(session);
        return ok(added);
      });
    },

    async remove({ principal }, session, id) {
      await store.transaction(async (tx) => {
        await tx.subscriptions.remove(session, principal.id, id);
        await tx.wake(session);
      });
    },

    async follow(caller, session, { onChange, signal }) {
      const followedRequests = createFollowed(caller, followApproval, onChange);
      const wakeup = wakeups.subscribe(session);
      const ends = AbortSignal.any([signal, followedRequests.refused]);
      try {
        while (!ends.aborted) {
          followedRequests.update(await store.subscriptions.of(session, caller.principal.id));
          await wakeup.next(REFRESH_EVERY, ends);
        }
        return followedRequests.outcome();
      } finally {
        wakeup.close();
        followedRequests.close();
      }
    },
  };
}

/** The requests that one stream follows. A refusal of one ends the stream, because all belong to the same key. */
function createFollowed(
  caller: Caller,
  followApproval: FollowApproval,
  onChange: (approval: ApprovalId) => void,
) {
  const open = new Map<ApprovalId, AbortController>();
  const refusal = new AbortController();
  let outcome: Result<undefined> = ok(undefined);
  let fault: { readonly error: unknown } | undefined;

  function begin({ approval, state }: Subscription): void {
    const own = new AbortController();
    open.set(approval, own);
    const following = { since: state, onChange: () => onChange(approval), signal: own.signal };
    followApproval(caller, approval, following).then(
      (answer) => {
        if (answer.ok) return;
        outcome = answer;
        refusal.abort();
      },
      (error: unknown) => {
        fault = { error };
        refusal.abort();
      },
    );
  }

  return {
    refused: refusal.signal,
    outcome() {
      if (fault) throw fault.error;
      return outcome;
    },
    update(wanted: readonly Subscription[]): void {
      const still = new Set(wanted.map(({ approval }) => approval));
      for (const [approval, own] of open)
        if (!still.has(approval)) {
          own.abort();
          open.delete(approval);
        }
      for (const one of wanted) if (!open.has(one.approval)) begin(one);
    },
    close() {
      for (const own of open.values()) own.abort();
    },
  };
}
