/** The store of approvals, votes and grants. */

import type { Approval, ApprovalId, NewApproval, Settlement, Vote } from '../domain/approval.js';
import type { Grant, GrantId, NewGrant } from '../domain/grant.js';
import type { Person, PersonId } from '../domain/person.js';
import type { Policy, PolicyId } from '../domain/policy/policy.js';
import type { PrincipalId } from '../domain/principal.js';
import type { RequestRecord, RiskSignal } from '../domain/risk-signals.js';
import type { VisibilityScope } from '../domain/visibility.js';
import type { Operation } from '../domain/vocabulary.js';
import type { ComparedRequest, PastRequest } from './approval-context.js';
import type { Listed, Page } from './page.js';

/** What makes two requests of one principal the same, besides the duration. */
export type RequestedAccess = Pick<NewApproval, 'operation' | 'resources'>;

/** Recent requests of one principal, by the database's clock. */
export interface RequestCounts {
  readonly pending: number;
  readonly lastHour: number;
  /** Milliseconds until the oldest request of the last hour is an hour old. 0 without one. */
  readonly retryAfter: number;
  /** The durations (ms) for which the same request is already pending: repeating it takes no approver's attention. */
  readonly pendingDurations: readonly number[];
  /** Milliseconds since a person denied this request or a part of it. Undefined without a denial. */
  readonly sinceDenied?: number | undefined;
}

/** The same, and what else a request depends on. */
export interface RequestState extends RequestCounts {
  readonly now: Date;
  /** The key that asks is neither revoked nor expired. */
  readonly keyLive: boolean;
  /** The same request is past its end, and the job has not settled it yet. */
  readonly overdue: boolean;
  /** The resources of grants that no person gave and that are active or began within the last hour. `retryAfter`: milliseconds until there are fewer. */
  readonly automatic: { readonly resources: number; readonly retryAfter: number };
}

/** The votes on an approval in the order of casting, their voters as they are now, and the time. */
export interface Ballot {
  readonly votes: readonly Vote[];
  readonly voters: readonly Person[];
  readonly now: Date;
  /** The person who decides is active, and so is the key that they use, if there is one. */
  readonly mayAct: boolean;
}

/** Who decides, with which API key. */
export interface DecidingAs {
  readonly person: PersonId;
  /** Undefined in Slack. */
  readonly key?: string | undefined;
}

/** A vote and its effect. */
export interface SettlingVote {
  readonly vote: Vote;
  readonly settlement: Settlement;
  /** Only for an approval. */
  readonly grant?: NewGrant | undefined;
}

export interface ApprovalFilter {
  readonly status?: Approval['status'] | undefined;
  readonly principal?: PrincipalId | undefined;
  /** Only what this viewer may see. A page may then have fewer items than its limit although there is a next page. */
  readonly visibility?: VisibilityScope | undefined;
  /** Only approvals that this person has voted on, or has not voted on. */
  readonly voter?: { readonly person: PersonId; readonly voted: boolean } | undefined;
}

export interface ApprovalReads {
  find(id: ApprovalId): Promise<Approval | undefined>;
  list(filter: ApprovalFilter, page: Page): Promise<Listed<Approval>>;
  /** Approvals requested at this moment or later, the oldest first. */
  requestedSince(moment: Date, page: Page): Promise<Listed<Approval>>;
  requestCounts(principal: PrincipalId, request: RequestedAccess): Promise<RequestCounts>;
  /** Approvals that can still be decided, the first to expire first. */
  open(): Promise<readonly Pick<Approval, 'id' | 'resources'>[]>;
  /** The pending approvals of this principal. */
  pendingOf(principal: PrincipalId): Promise<readonly ApprovalId[]>;
  votes(id: ApprovalId): Promise<readonly Vote[]>;
  /** The policies of all requests that these principals ever made. */
  policiesRequested(principals: readonly PrincipalId[]): Promise<readonly PolicyId[]>;
  /** The risk signals as they were last shown while the request was pending. */
  signals(id: ApprovalId): Promise<readonly RiskSignal[]>;
  /** Keeps what is shown of a pending request. It waits for no lock: a request that is being decided keeps what its approver saw. */
  keepSignals(id: ApprovalId, signals: readonly RiskSignal[]): Promise<void>;
  /** What this key asked for and got before, and what happened under this policy, read in one query. */
  requestRecord(request: ComparedRequest, policy: PolicyId | undefined): Promise<RequestRecord>;
  /** Other requests for these resources or for patterns over them, the newest first. */
  pastRequests(
    request: Pick<ComparedRequest, 'id' | 'resources'>,
    limit: number,
  ): Promise<readonly PastRequest[]>;
}

export interface Approvals extends ApprovalReads {
  /** Finds an approval and locks its row until this transaction ends. */
  lock(id: ApprovalId): Promise<Approval | undefined>;
  /**
   * Inserts a pending approval; the database computes its `expiresAt`. When the same request of the same principal is already
   * pending, that approval is locked and returned instead, with `repeated: true` and `timesRequested` increased.
   */
  insertPending(approval: NewApproval): Promise<{ approval: Approval; repeated: boolean }>;
  /** Inserts an approval that is granted without a person. */
  insertSettled(approval: NewApproval): Promise<Approval>;
  /** Call it after `Principals.lockActive`, so that two requests of one principal are never counted at the same time. */
  requestState(
    principal: PrincipalId,
    keyId: string,
    request: RequestedAccess,
  ): Promise<RequestState>;
  /** Call it after `lock`. */
  ballot(id: ApprovalId, by: DecidingAs): Promise<Ballot>;
  /** Throws on a second vote of one person: UNIQUE (approval, person). */
  addVote(vote: Vote): Promise<void>;
  /**
   * Ends `pending` by a conditional UPDATE on the status, and on the clock except for an expiry. Only `expireDue` and `cancelPending`
   * do the same. Undefined when the approval was already settled or has expired.
   */
  settle(id: ApprovalId, settlement: Settlement): Promise<Approval | undefined>;
  /** The same by a vote: writes all three, or nothing when the approval was already settled or has expired. Throws on a second vote of one person. */
  settleByVote(settling: SettlingVote): Promise<Approval | undefined>;
  /** Binds a pending approval to the current policy. Votes cast under the previous policy become void. */
  rebind(id: ApprovalId, policy: Policy, digest: string): Promise<Approval | undefined>;
  /** Settles expired approvals, oldest first. It skips rows that another transaction has locked. */
  expireDue(limit: number): Promise<readonly Approval[]>;
  /** Cancels all pending requests of this principal. `by` is absent when no person did it. */
  cancelPending(
    principal: PrincipalId,
    reason: string,
    by?: PersonId | undefined,
  ): Promise<readonly Approval[]>;
  /** Marks approvals as reminded after half of their time to live, if that time is at least `shortestMs`. Returns them. */
  remindDue(limit: number, shortestMs: number): Promise<readonly Approval[]>;
  /** Marks approvals as escalated when their policy has escalation approvers and `escalateAfter` has passed. Returns them. */
  escalateDue(limit: number): Promise<readonly Approval[]>;
}

export interface GrantFilter {
  readonly principal?: PrincipalId | undefined;
  readonly activeOnly?: boolean | undefined;
  /** As in `ApprovalFilter`. */
  readonly visibility?: VisibilityScope | undefined;
}

export interface GrantReads {
  find(id: GrantId): Promise<Grant | undefined>;
  ofApproval(id: ApprovalId): Promise<Grant | undefined>;
  list(filter: GrantFilter, page: Page): Promise<Listed<Grant>>;
  /** All active grants of this principal, by the database's clock. */
  live(principal: PrincipalId): Promise<readonly Grant[]>;
  /** An active grant of this principal under this policy that covers all these resources for this operation. */
  covering(
    principal: PrincipalId,
    policy: PolicyId,
    operation: Operation,
    resources: readonly string[],
  ): Promise<Grant | undefined>;
  /**
   * Uses of earlier automatic grants of this owner's keys under this policy, for this operation and for resources that overlap these, whose
   * time has not ended or that began less than `withinMs` ago, however they ended. An active grant that `replaceAutomatic` would not end counts with all the uses that it allows.
   */
  automaticUses(access: AutomaticAccess, withinMs: number): Promise<number>;
  /** Of this principal's grants that cover the resource under any policy: an active one, else the one that ended last. */
  latest(
    principal: PrincipalId,
    operation: Operation,
    resource: string,
  ): Promise<Grant | undefined>;
}

/** What an automatic grant is for. */
export type AutomaticAccess = Pick<NewGrant, 'policy' | 'operation' | 'resources'> & {
  readonly principal: PrincipalId;
  readonly owner: PersonId;
};

export interface Grants extends GrantReads {
  /**
   * Keeps other automatic grants of this owner out, and locks the grants that `replaceAutomatic` ends, until this transaction ends, so that no
   * two automatic grants count the same uses. Call it after `Principals.lockActive` and before `automaticUses`.
   */
  lockAutomatic(access: AutomaticAccess): Promise<void>;
  /**
   * Releases the principal's active automatic grants that a new one with the same policy, operation and at least their resources
   * replaces. Call it after `lockAutomatic`. Returns them.
   */
  replaceAutomatic(access: AutomaticAccess, by: string): Promise<readonly Grant[]>;
  /** UNIQUE (approval), and only for an approved one: the database refuses anything else. The duration starts now. */
  insert(grant: NewGrant): Promise<Grant>;
  /**
   * Locks a grant that `covering` would find and counts one use, by the clock after it got the lock. Undefined when there is no
   * such grant.
   */
  use(
    principal: PrincipalId,
    policy: PolicyId,
    operation: Operation,
    resource: string,
  ): Promise<Grant | undefined>;
  /** Ends the grant if it is active. Undefined when it had already ended. */
  end(
    id: GrantId,
    how: 'revoked' | 'released',
    by: string,
    reason?: string,
  ): Promise<Grant | undefined>;
  /** Revokes all active grants of this principal. */
  revokeAll(principal: PrincipalId, by: string, reason: string): Promise<readonly Grant[]>;
  /** Returns grants whose first use the owner has not been notified of, and marks them as notified. */
  takeFirstUses(limit: number): Promise<readonly Grant[]>;
}
