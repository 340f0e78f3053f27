/** The store of subscriptions: which requests a client's session watches. */

import type { ApprovalId } from '../domain/approval.js';
import type { PrincipalId } from '../domain/principal.js';

/** Made by `initialize` for clients of protocol 2025-11-25 and older. It gives no right: each request brings its key. */
export type SessionId = `sess_${string}`;

/** A request that a session wants to be told of. */
export interface Subscription {
  readonly approval: ApprovalId;
  /** How it stood when the session asked for it. */
  readonly state: string;
}

export interface SubscriptionReads {
  of(session: SessionId, principal: PrincipalId): Promise<readonly Subscription[]>;
}

export interface Subscriptions extends SubscriptionReads {
  /** Forgets those of a week ago on the way. False when the session or the principal has as many as it may. */
  insert(session: SessionId, principal: PrincipalId, one: Subscription): Promise<boolean>;
  /** Undefined: all of them. */
  remove(
    session: SessionId,
    principal: PrincipalId,
    approval: ApprovalId | undefined,
  ): Promise<void>;
}
