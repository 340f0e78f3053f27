/** What is kept for clients that have to be called back: their people's answers, on the way to the process that asked. */

import type { ApprovalId } from '../domain/approval.js';
import type { PrincipalId } from '../domain/principal.js';

export type ElicitationId = `ask_${string}`;
/** Made by `initialize` for clients of protocol 2025-11-25 and older. It gives no right: each request brings its key. */
export type SessionId = `sess_${string}`;

/** What can be waited for. */
export type WakeupId = ApprovalId | ElicitationId | SessionId;

export interface ElicitationReads {
  /** What was answered, as it came; undefined while nothing was. */
  answerTo(id: ElicitationId): Promise<unknown>;
}

export interface Elicitations extends ElicitationReads {
  /** Those that nobody waits for any more are forgotten with it. */
  insert(id: ElicitationId, principal: PrincipalId): Promise<void>;
  /** Conditional: the first answer counts, and only one of the principal that was asked. True when it was this one. */
  answer(id: ElicitationId, principal: PrincipalId, answer: object): Promise<boolean>;
  remove(id: ElicitationId): Promise<void>;
}

/** A request that a session wants to be told of. */
export interface Subscription {
  readonly approval: ApprovalId;
  /** How it stood when the session asked for it. */
  readonly standing: string;
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
