/** The store of subscriptions: which requests a client's session watches. */

import type { ApprovalId } from '../domain/approval.js';
import type { PrincipalId } from '../domain/principal.js';

/** Made by `initialize` for clients of protocol 2025-11-25 and older. It gives no right: each request brings its key. */
export type SessionId = `sess_${string}`;

/** A request that a session watches. */
export interface Subscription {
  readonly approval: ApprovalId;
  /** The state of the request when the session subscribed (`accessState`). */
  readonly state: string;
}

export interface SubscriptionReads {
  of(session: SessionId, principal: PrincipalId): Promise<readonly Subscription[]>;
}

export interface Subscriptions extends SubscriptionReads {
  /**
   * Also deletes subscriptions older than a week, and the oldest ones of the principal beyond its limit: a client cannot end a session whose id it has
   * lost. False when the session has reached its limit.
   */
  insert(session: SessionId, principal: PrincipalId, one: Subscription): Promise<boolean>;
  remove(session: SessionId, principal: PrincipalId, approval: ApprovalId): Promise<void>;
}
