/** The store of approvals, votes and grants. */

import type { Approval, ApprovalId, NewApproval, Settlement, Vote } from '../domain/approval.js';
import type { Grant, GrantId, NewGrant } from '../domain/grant.js';
import type { PersonId } from '../domain/person.js';
import type { Policy, PolicyId } from '../domain/policy/policy.js';
import type { PrincipalId } from '../domain/principal.js';
import type { VisibilityScope } from '../domain/visibility.js';
import type { Operation } from '../domain/vocabulary.js';
import type { ComparedRequest, PastRequest, RequesterHistory } from './approval-context.js';
import type { Listed, Page } from './page.js';

/** What makes two requests of one principal the same. */
export type RequestedAccess = Pick<NewApproval, 'operation' | 'resources' | 'duration'>;

/** How much one principal has asked for lately, by the database's clock. */
export interface RequestCounts {
  readonly pending: number;
  readonly lastHour: number;
  /** Milliseconds until the oldest request of the last hour is an hour old; 0 when there is none. */
  readonly retryAfter: number;
  /** The very same question is waiting already, so asking it again costs nobody anything. */
  readonly sameRequest: boolean;
  /** Milliseconds since a person denied this, or a part of it; undefined when nobody did. */
  readonly sinceDenied?: number | undefined;
}

export interface ApprovalFilter {
  readonly status?: Approval['status'] | undefined;
  readonly principal?: PrincipalId | undefined;
  /** Only what this viewer may see. A page may then hold fewer than its limit while there is a next one. */
  readonly visibility?: VisibilityScope | undefined;
  /** Only those that this person has voted on, or has not. */
  readonly voter?: { readonly person: PersonId; readonly voted: boolean } | undefined;
}

export interface ApprovalReads {
  find(id: ApprovalId): Promise<Approval | undefined>;
  list(filter: ApprovalFilter, page: Page): Promise<Listed<Approval>>;
  /** Those that were asked at this moment or later, the oldest first. */
  requestedSince(moment: Date, page: Page): Promise<Listed<Approval>>;
  requestCounts(principal: PrincipalId, question: RequestedAccess): Promise<RequestCounts>;
  /** Those that can still be decided, the first to expire first. */
  open(): Promise<readonly Pick<Approval, 'id' | 'resources'>[]>;
  votes(id: ApprovalId): Promise<readonly Vote[]>;
  /** The policies under which these principals ever asked. */
  policiesRequested(principals: readonly PrincipalId[]): Promise<readonly PolicyId[]>;
  /** What helps to decide this request, in one look. */
  requesterHistory(request: ComparedRequest): Promise<RequesterHistory>;
  /** Who else asked for these resources or for patterns over them, the newest first. */
  pastRequests(
    request: Pick<ComparedRequest, 'id' | 'resources'>,
    limit: number,
  ): Promise<readonly PastRequest[]>;
}

export interface Approvals extends ApprovalReads {
  /** Finds an approval and holds its row: nobody else changes it before this transaction ends. */
  lock(id: ApprovalId): Promise<Approval | undefined>;
  /**
   * Writes a pending approval, its `expiresAt` reckoned by the database. When the same principal's same question is already
   * pending, that one is returned instead, held, with `repeated: true` and its count raised.
   */
  insertPending(approval: NewApproval): Promise<{ approval: Approval; repeated: boolean }>;
  /** Writes an approval that no person had to decide. */
  insertSettled(approval: NewApproval): Promise<Approval>;
  /** The same while the principal is held, so that two of its requests are never counted at the same time. */
  requestCounts(principal: PrincipalId, question: RequestedAccess): Promise<RequestCounts>;
  /** Throws on a second vote of one person: UNIQUE (approval, person). */
  addVote(vote: Vote): Promise<void>;
  /**
   * The only way out of `pending`: a conditional UPDATE on status, and on the clock for anything but an expiry.
   * Undefined when somebody or time was faster.
   */
  settle(id: ApprovalId, settlement: Settlement): Promise<Approval | undefined>;
  /** Binds a pending approval to the policy as it stands now. Votes cast under what held before are void. */
  rebind(id: ApprovalId, policy: Policy, digest: string): Promise<Approval | undefined>;
  /** Settles what time has closed, oldest first, skipping rows that others hold. */
  expireDue(limit: number): Promise<readonly Approval[]>;
  /** Withdraws all that this principal has pending. `by` is absent when no person did it. */
  cancelPending(
    principal: PrincipalId,
    reason: string,
    by?: PersonId | undefined,
  ): Promise<readonly Approval[]>;
  /** Marks those as reminded of that have been waiting for half of a time of at least `shortestMs`. */
  remindDue(limit: number, shortestMs: number): Promise<readonly Approval[]>;
  /** Marks those as escalated whose policy names further approvers, once its silence has lasted. */
  escalateDue(limit: number): Promise<readonly Approval[]>;
}

export interface GrantFilter {
  readonly principal?: PrincipalId | undefined;
  readonly activeOnly?: boolean | undefined;
  /** As for approvals. */
  readonly visibility?: VisibilityScope | undefined;
}

export interface GrantReads {
  find(id: GrantId): Promise<Grant | undefined>;
  ofApproval(id: ApprovalId): Promise<Grant | undefined>;
  list(filter: GrantFilter, page: Page): Promise<Listed<Grant>>;
  /** Every live one of this principal, by the database's clock. */
  live(principal: PrincipalId): Promise<readonly Grant[]>;
  /** A live grant of this principal, under the policy that decides now, that covers all these resources for this operation. */
  covering(
    principal: PrincipalId,
    policy: PolicyId,
    operation: Operation,
    resources: readonly string[],
  ): Promise<Grant | undefined>;
  /** Of this principal's grants that cover this, under whatever policy: a live one, else the one that ended last. */
  latest(
    principal: PrincipalId,
    operation: Operation,
    resource: string,
  ): Promise<Grant | undefined>;
}

export interface Grants extends GrantReads {
  /** UNIQUE (approval), and only for an approved one: the database refuses anything else. The clock starts now. */
  insert(grant: NewGrant): Promise<Grant>;
  /**
   * Counts one use of a grant that `covering` would find, by the clock after every wait for its row, and holds it. Undefined when
   * there is none.
   */
  use(
    principal: PrincipalId,
    policy: PolicyId,
    operation: Operation,
    resource: string,
  ): Promise<Grant | undefined>;
  /** Conditional on being live. Undefined when it had already ended. */
  end(
    id: GrantId,
    how: 'revoked' | 'released',
    by: string,
    reason?: string,
  ): Promise<Grant | undefined>;
  /** Revokes every live grant of this principal. */
  revokeAll(principal: PrincipalId, by: string, reason: string): Promise<readonly Grant[]>;
  /** Those that were used and of whose use nobody was told; from now on they count as told. */
  takeFirstUses(limit: number): Promise<readonly Grant[]>;
}
