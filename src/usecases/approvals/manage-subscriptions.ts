/** What a session wants to be told of: requests of its key's own. Any process may take the wish, and another one tell. */

import type { ApprovalId } from '../../domain/approval.js';
import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { MakeId, SessionId, Store, Subscription, Wakeups } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import { accessTo } from './approval-with-grant.js';
import { accessState, type FollowApproval } from './follow-approval.js';

export interface FollowOptions {
  /** Called with what stands otherwise than when the session asked to be told, or was told last. */
  readonly onChange: (approval: ApprovalId) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface ManageSubscriptions {
  /** For whoever begins a session; nothing is kept of it until it wants to be told of something. */
  newSession(): SessionId;
  /**
   * False when the session or the key has as many as it may. What is no request of the caller's own is as good as one that never
   * changes: nobody learns whether it exists.
   */
  add(caller: Caller, session: SessionId, id: ApprovalId): Promise<Result<boolean>>;
  /** Undefined: all of the session's. */
  remove(caller: Caller, session: SessionId, id?: ApprovalId): Promise<void>;
  /** Resolves when the signal aborts, with nothing, or as soon as the key may know nothing more, with the refusal. */
  follow(caller: Caller, session: SessionId, telling: FollowOptions): Promise<Result<undefined>>;
}

/** Milliseconds between two looks at the list without a wake-up: for one that was lost. */
const LOOK_EVERY = 60_000;

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
      const wish = { approval: id, state: accessState(access) };
      return store.transaction(async (tx) => {
        const taken = await tx.subscriptions.insert(session, principal.id, wish);
        if (taken) await tx.wake(session);
        return ok(taken);
      });
    },

    async remove({ principal }, session, id) {
      await store.transaction(async (tx) => {
        await tx.subscriptions.remove(session, principal.id, id);
        await tx.wake(session);
      });
    },

    async follow(caller, session, { onChange, signal }) {
      const followed = createFollowed(caller, followApproval, onChange);
      const wakeup = wakeups.subscribe(session);
      const ends = AbortSignal.any([signal, followed.refused]);
      try {
        while (!ends.aborted) {
          followed.be(await store.subscriptions.of(session, caller.principal.id));
          await wakeup.next(LOOK_EVERY, ends);
        }
        return followed.outcome();
      } finally {
        wakeup.close();
        followed.close();
      }
    },
  };
}

/** What is being followed for one stream. A refusal of one is a refusal of all: they are of one key. */
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
    be(wished: readonly Subscription[]): void {
      const still = new Set(wished.map(({ approval }) => approval));
      for (const [approval, own] of open)
        if (!still.has(approval)) {
          own.abort();
          open.delete(approval);
        }
      for (const one of wished) if (!open.has(one.approval)) begin(one);
    },
    close() {
      for (const own of open.values()) own.abort();
    },
  };
}
