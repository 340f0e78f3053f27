/** A request for access and the five ways it can stand. Only `castVote` says what a vote makes of it. No I/O, no clock. */

import { isDuration } from './duration.js';
import { DURATION_MIN } from './limits.js';
import type { Person, PersonId } from './person.js';
import { acceptsFrom, isApprover, type Policy, type PolicyId } from './policy/policy.js';
import type { PrincipalId } from './principal.js';
import type { Refusal } from './refusal.js';
import { type Result, refused } from './result.js';
import type { EntryPoint, Operation, Verdict } from './vocabulary.js';

export type ApprovalId = `appr_${string}`;

/** What the store needs to write one; it adds the times. */
export interface NewApproval {
  readonly id: ApprovalId;
  readonly principal: PrincipalId;
  readonly policy: PolicyId;
  readonly policyVersion: number;
  readonly operation: Operation;
  /** Sorted and distinct, 1 to 20. */
  readonly resources: readonly string[];
  readonly reason: string;
  /** Milliseconds asked for. */
  readonly duration: number;
  /** Milliseconds that it may stay pending. */
  readonly ttl: number;
  /** What the client calls itself: shown as its own claim, decides nothing. */
  readonly claimedClient?: string | undefined;
  /** Why no person was asked, or why one was: in the words of the policy's conditions. */
  readonly autoReport?: string | undefined;
  /** Binds a decision to exactly what was shown: see `requestDigest`. */
  readonly digest: string;
}

/** The request that asked for something: for the log and for traces. Decides nothing, and no digest covers it. */
export interface Origin {
  readonly request: string;
  /** The trace that it belongs to, after W3C Trace Context. */
  readonly traceparent?: string | undefined;
}

interface Requested extends Omit<NewApproval, 'ttl'> {
  /** Absent when it came by no request. */
  readonly request?: Origin['request'] | undefined;
  readonly traceparent?: Origin['traceparent'];
  readonly requester: {
    readonly name: string;
    readonly owner: PersonId;
    readonly ownerEmail: string;
  };
  /** How often the same question was asked while pending. */
  readonly timesRequested: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface Settled {
  readonly settledAt: Date;
  /** Absent when no person had to decide. */
  readonly settledBy?: { readonly id: PersonId; readonly email: string } | undefined;
  readonly decisionReason?: string | undefined;
}

export type Pending = Requested & { readonly status: 'pending' };
export type Approved = Requested &
  Settled & {
    readonly status: 'approved';
    /** Milliseconds. */
    readonly granted: number;
    /** Of those asked for, the resources that were granted. */
    readonly grantedResources: readonly string[];
  };
export type Denied = Requested & Settled & { readonly status: 'denied' };
export type Expired = Requested & Settled & { readonly status: 'expired' };
export type Cancelled = Requested & Settled & { readonly status: 'cancelled' };
export type Approval = Pending | Approved | Denied | Expired | Cancelled;

/** How an approval leaves `pending`. `granted` is in milliseconds. */
export type Settlement =
  | {
      readonly status: 'approved';
      readonly by: PersonId;
      readonly reason?: string | undefined;
      readonly granted: number;
      readonly grantedResources: readonly string[];
    }
  | { readonly status: 'denied'; readonly by: PersonId; readonly reason: string }
  | { readonly status: 'cancelled'; readonly by: PersonId; readonly reason?: string | undefined };

/** Everything the rules of a decision look at. */
export interface VoteContext {
  readonly approval: Approval;
  /** The policy that decides these resources now, at the version it has now. */
  readonly policy: Policy;
  readonly approvers: readonly string[];
  readonly voter: Person;
  readonly vote: Vote;
  readonly earlier: readonly Vote[];
  /** Whoever cast the earlier votes, as they are now: the vote of somebody who may decide no longer does not count. */
  readonly earlierVoters: readonly Person[];
  /** The database's clock. */
  readonly now: Date;
}

/** What one vote does: it is counted, or it settles the approval, or it is refused. The first denial settles. */
export function castVote(ballot: VoteContext): Result<Settlement | 'counted'> {
  const refusal = whyRefused(ballot);
  if (refusal) return refusal;
  const { approval, policy, vote } = ballot;
  if (vote.verdict === 'deny')
    return settle({ status: 'denied', by: vote.person, reason: vote.reason ?? '' });
  const approving = [...stillApproving(ballot), vote];
  if (approving.length < policy.minApprovals) return { ok: true, value: 'counted' };
  const wishes = approving.map(({ duration }) => duration ?? approval.duration);
  const granted = Math.min(policy.maxDuration, ...wishes);
  const grantedResources = approval.resources.filter((resource) =>
    approving.every(({ resources }) => resources?.includes(resource) ?? true),
  );
  if (grantedResources.length === 0) return refused({ code: 'nothing_in_common' });
  const { person: by, reason } = vote;
  return settle({ status: 'approved', by, reason, granted, grantedResources });
}

function stillApproving({ approvers, earlier, earlierVoters }: VoteContext): readonly Vote[] {
  const standing = earlierVoters.filter((voter) => voter.active && isApprover(voter, approvers));
  return earlier.filter(
    ({ person, verdict }) => verdict === 'approve' && standing.some(({ id }) => id === person),
  );
}

const settle = (settlement: Settlement): Result<Settlement> => ({ ok: true, value: settlement });

/** The refusals, in the order in which they are owed: what is over first, then who asks, then what they ask. */
function whyRefused({ approval, policy, approvers, voter, vote, earlier, now }: VoteContext) {
  const over = whyClosed(approval, now);
  if (over) return refused(over);
  if (!voter.active) return refused({ code: 'person_inactive' });
  const owns = voter.id === approval.requester.owner;
  const ownDenial = owns && vote.verdict === 'deny';
  if (owns && vote.verdict === 'approve' && !policy.allowSelfApproval)
    return refused({ code: 'own_request' });
  if (!ownDenial && !isApprover(voter, approvers)) return refused({ code: 'not_an_approver' });
  if (!ownDenial && !acceptsFrom(policy, vote.entryPoint))
    return refused({ code: 'wrong_door', entryPoint: vote.entryPoint, allowed: policy.decideFrom });
  if (earlier.some(({ person }) => person === vote.person))
    return refused({ code: 'already_voted' });
  return whyVoteRefused(approval, policy, vote);
}

/** Why nobody can decide this any more; undefined while it is open. */
export function whyClosed(
  { status, expiresAt }: Approval,
  now: Date,
): { readonly code: 'expired' } | Extract<Refusal, { code: 'already_decided' }> | undefined {
  if (status === 'expired' || (status === 'pending' && now >= expiresAt))
    return { code: 'expired' };
  return status === 'pending' ? undefined : { code: 'already_decided', status };
}

function whyVoteRefused(approval: Approval, policy: Policy, vote: Vote) {
  const needsReason = vote.verdict === 'deny' || policy.requireDecisionReason;
  if (needsReason && !vote.reason?.trim()) return refused({ code: 'reason_missing', minimum: 1 });
  if (!isPartOf(vote.resources, approval.resources))
    return refused({ code: 'cannot_widen', asked: approval.duration });
  const { duration } = vote;
  if (duration === undefined) return undefined;
  if (!isDuration(duration)) return refused({ code: 'invalid_duration', minimum: DURATION_MIN });
  if (duration > approval.duration)
    return refused({ code: 'cannot_widen', asked: approval.duration });
  return undefined;
}

/** At least one of the resources that were asked for, and none besides. */
function isPartOf(chosen: readonly string[] | undefined, asked: readonly string[]): boolean {
  if (chosen === undefined) return true;
  return chosen.length > 0 && chosen.every((resource) => asked.includes(resource));
}

/** One person's vote on one approval. UNIQUE (approval, person) in the database: a person counts once. */
export interface Vote {
  readonly approval: ApprovalId;
  readonly person: PersonId;
  readonly verdict: Verdict;
  readonly entryPoint: EntryPoint;
  readonly reason?: string | undefined;
  /** Of the resources asked for, those that this approver would grant. Undefined: all. */
  readonly resources?: readonly string[] | undefined;
  /** Milliseconds that this approver would grant; never above what was asked. */
  readonly duration?: number | undefined;
}
