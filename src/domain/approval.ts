/** A request for access and its five states. Only `castVote` computes the effect of a vote. No I/O, no clock. */

import { isDuration } from './duration.js';
import { DURATION_MIN } from './limits.js';
import type { Person, PersonId } from './person.js';
import { acceptsFrom, isApprover, type Policy, type PolicyId } from './policy/policy.js';
import type { PrincipalId } from './principal.js';
import type { Refusal } from './refusal.js';
import { ok, type Result, refused } from './result.js';
import type { EntryPoint, Operation, Verdict } from './vocabulary.js';

export type ApprovalId = `appr_${string}`;

/** What the store needs to insert an approval. The store adds the timestamps. */
export interface NewApproval {
  readonly id: ApprovalId;
  readonly principal: PrincipalId;
  readonly policy: PolicyId;
  readonly policyVersion: number;
  readonly operation: Operation;
  /** Sorted and distinct, 1 to 20. */
  readonly resources: readonly string[];
  readonly reason: string;
  /** Requested duration in milliseconds. */
  readonly duration: number;
  /** Milliseconds after which the pending request expires. */
  readonly ttl: number;
  /** Self-reported name of the client. It is shown as such and has no effect on decisions. */
  readonly claimedClient?: string | undefined;
  /** Which of the policy's auto-approval conditions were met or not. */
  readonly autoReport?: string | undefined;
  /** Binds a decision to exactly the request that was shown: see `requestDigest`. */
  readonly digest: string;
}

/** The HTTP request that created the approval, for logs and traces. It has no effect on decisions, and no digest covers it. */
export interface Origin {
  readonly request: string;
  /** W3C Trace Context of that request. */
  readonly traceparent?: string | undefined;
}

interface Requested extends Omit<NewApproval, 'ttl'> {
  /** Absent when no HTTP request created the approval. */
  readonly request?: Origin['request'] | undefined;
  readonly traceparent?: Origin['traceparent'];
  readonly requester: {
    readonly name: string;
    readonly owner: PersonId;
    readonly ownerEmail: string;
  };
  /** A longer reason that the requester gave later, while the request was pending. The first reason stays. */
  readonly updatedReason?: string | undefined;
  /** How often the same request was made while it was pending. */
  readonly timesRequested: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface Settled {
  readonly settledAt: Date;
  /** Absent when no person decided. */
  readonly settledBy?: { readonly id: PersonId; readonly email: string } | undefined;
  readonly decisionReason?: string | undefined;
}

export type Pending = Requested & { readonly status: 'pending' };
export type Approved = Requested &
  Settled & {
    readonly status: 'approved';
    /** Milliseconds. */
    readonly granted: number;
    /** The subset of the requested resources that was granted. */
    readonly grantedResources: readonly string[];
  };
export type Denied = Requested &
  Settled & {
    readonly status: 'denied';
    /** The approver invites a better request: no cool-down starts. False: the denial is final. */
    readonly sentBack: boolean;
  };
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
  | {
      readonly status: 'denied';
      readonly by: PersonId;
      readonly reason: string;
      readonly sentBack: boolean;
    }
  | { readonly status: 'cancelled'; readonly by: PersonId; readonly reason?: string | undefined };

/** Everything that the decision rules depend on. */
export interface VoteContext {
  readonly approval: Approval;
  /** The current version of the policy that decides these resources. */
  readonly policy: Policy;
  readonly approvers: readonly string[];
  readonly voter: Person;
  readonly vote: Vote;
  readonly earlier: readonly Vote[];
  /** The current state of the earlier voters. A vote no longer counts once its voter may no longer decide. */
  readonly earlierVoters: readonly Person[];
  /** Time of the database's clock. */
  readonly now: Date;
}

/** Returns the effect of one vote: counted, or a settlement, or a refusal. The first denial settles. */
export function castVote(ballot: VoteContext): Result<Settlement | 'counted'> {
  const refusal = whyRefused(ballot);
  if (refusal) return refusal;
  const { approval, policy, vote } = ballot;
  if (vote.verdict === 'deny')
    return ok({
      status: 'denied',
      by: vote.person,
      reason: vote.reason ?? '',
      sentBack: vote.sentBack ?? false,
    });
  const approving = [...stillApproving(ballot), vote];
  if (approving.length < policy.minApprovals) return ok('counted');
  const durations = approving.map(({ duration }) => duration ?? approval.duration);
  const granted = Math.min(policy.maxDuration, ...durations);
  const grantedResources = approval.resources.filter((resource) =>
    approving.every(({ resources }) => resources?.includes(resource) ?? true),
  );
  if (grantedResources.length === 0) return refused({ code: 'nothing_in_common' });
  const { person: by, reason } = vote;
  return ok({ status: 'approved', by, reason, granted, grantedResources });
}

function stillApproving({ approvers, earlier, earlierVoters }: VoteContext): readonly Vote[] {
  const eligible = earlierVoters.filter((voter) => voter.active && isApprover(voter, approvers));
  return earlier.filter(
    ({ person, verdict }) => verdict === 'approve' && eligible.some(({ id }) => id === person),
  );
}

/** Checks in this order: whether the request is still open, who votes, what the vote contains. */
function whyRefused(context: VoteContext) {
  const { approval, policy, approvers, voter, vote, earlier, now } = context;
  const closed = whyClosed(approval, now);
  if (closed) return refused(closed);
  const { verdict, entryPoint } = vote;
  return (
    whyVoterRefused({ approval, policy, approvers, voter, verdict, entryPoint, earlier }) ??
    whyVoteRefused(approval, policy, vote)
  );
}

/** Who wants to vote, and how, before there is a vote. */
export interface VoterContext
  extends Pick<VoteContext, 'approval' | 'policy' | 'approvers' | 'voter' | 'earlier'>,
    Pick<Vote, 'verdict' | 'entryPoint'> {}

/** Why this person cannot cast such a vote, whatever it contains. */
export function whyVoterRefused(context: VoterContext) {
  const { approval, policy, approvers, voter, verdict, entryPoint, earlier } = context;
  if (!voter.active) return refused({ code: 'person_inactive' });
  const owns = voter.id === approval.requester.owner;
  const ownDenial = owns && verdict === 'deny';
  if (owns && verdict === 'approve' && !policy.allowSelfApproval)
    return refused({ code: 'own_request' });
  if (!ownDenial && !isApprover(voter, approvers)) return refused({ code: 'not_an_approver' });
  if (!ownDenial && !acceptsFrom(policy, entryPoint))
    return refused({ code: 'wrong_door', entryPoint, allowed: policy.decideFrom });
  if (earlier.some(({ person }) => person === voter.id)) return refused({ code: 'already_voted' });
  return undefined;
}

/** Why the request can no longer be decided. Undefined while it is open. */
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

/** At least one of the requested resources, and no other. */
function isPartOf(chosen: readonly string[] | undefined, requested: readonly string[]): boolean {
  if (chosen === undefined) return true;
  return chosen.length > 0 && chosen.every((resource) => requested.includes(resource));
}

/** One person's vote on one approval. UNIQUE (approval, person) in the database: each person votes once. */
export interface Vote {
  readonly approval: ApprovalId;
  readonly person: PersonId;
  readonly verdict: Verdict;
  readonly entryPoint: EntryPoint;
  readonly reason?: string | undefined;
  /** The requested resources that this approver grants. Undefined: all. */
  readonly resources?: readonly string[] | undefined;
  /** Milliseconds that this approver grants, at most the requested duration. */
  readonly duration?: number | undefined;
  /** A denial that asks for a better request. The approval keeps it, not the vote. */
  readonly sentBack?: boolean | undefined;
}
