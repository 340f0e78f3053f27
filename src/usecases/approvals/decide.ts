/**
 * Decide a request. Slack, the dashboard, the CLI, REST and the SDK all call this use case. It locks the approval, checks the rules,
 * settles by a conditional update, and writes grant, vote and audit events in the same transaction.
 */

import type { Vote } from '../../domain/approval.js';
import {
  type Approval,
  type ApprovalId,
  type Approved,
  castVote,
  type Settlement,
  whyClosed,
} from '../../domain/approval.js';
import { type Actor, type AuditEvent, personActor } from '../../domain/audit-event.js';
import type { NewGrant } from '../../domain/grant.js';
import type { Person } from '../../domain/person.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { PolicyIndex } from '../../domain/policy/policy-index.js';
import type { HashText } from '../../domain/request-digest.js';
import { requestDigest } from '../../domain/request-digest.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { storable } from '../../domain/text.js';
import type { EntryPoint, Verdict } from '../../domain/vocabulary.js';
import type { Ballot, MakeId, Store, Tx } from '../../ports/index.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { notifyOwner } from '../notifications/notify-owner.js';
import { approversAt, type Deciding, decidingPolicy } from '../policies/deciding-policy.js';

/** The person who decides, and the entry point. Only an adapter that has verified the person's identity may create one. */
export interface Decider {
  readonly person: Person;
  readonly entryPoint: EntryPoint;
  /** The key or Slack account that was used, for the audit trail. */
  readonly through: string;
  /** The id of the API key that was used. Undefined in Slack. */
  readonly key?: string | undefined;
}

export interface Decision {
  readonly approval: ApprovalId;
  readonly verdict: Verdict;
  readonly reason?: string | undefined;
  /** A denial that asks for a better request: the requester may ask again at once. */
  readonly sentBack?: boolean | undefined;
  /** Milliseconds, at most the requested duration. */
  readonly duration?: number | undefined;
  /** The requested resources to grant. Undefined: all. */
  readonly resources?: readonly string[] | undefined;
  /** The digest that the decider saw. Undefined: the stored digest. */
  readonly seen?: string | undefined;
}

export type Decide = (
  decider: Decider,
  decision: Decision,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<Approval>>;

export interface DecideParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly makeId: MakeId;
  readonly digest: HashText;
  readonly defaultApprovers: readonly string[];
}

/** Resolves with the approval after this vote. Every refusal is recorded on the audit trail. */
export function createDecide(parts: DecideParts): Decide {
  return (decider, decision, idempotencyKey) =>
    parts.store.transaction(
      (tx) =>
        parts.idempotent(tx, idempotencyKey, () =>
          decideInTransaction(parts, tx, decider, decision),
        ),
      { kind: 'decision', of: decision.approval },
    );
}

async function decideInTransaction(
  parts: DecideParts,
  tx: Tx,
  decider: Decider,
  decision: Decision,
): Promise<Result<Approval>> {
  const situation = await readSituation(tx, decider, decision.approval);
  if (!situation) return refused({ code: 'not_found' });
  const { approval } = situation;
  if (isRepeatedDecision(approval, decider, decision)) return ok(approval);
  const answer = situation.mayAct
    ? await checkOpen(parts, tx, situation, decider, decision)
    : refused({ code: decider.key === undefined ? 'person_inactive' : 'invalid_key' });
  if (!answer.ok)
    tx.record({
      ...about(approval, decider),
      type: 'decision_refused',
      refusal: answer.refusal.code,
      details: { verdict: decision.verdict, through: decider.through },
    });
  return answer;
}

/** What a decision depends on. */
interface Situation extends Ballot {
  readonly approval: Approval;
  readonly policies: PolicyIndex<Policy>;
}

/** Read in one wait for the database. The lock comes first, so that the rest is as recent as the lock. */
async function readSituation(
  tx: Tx,
  { person, key }: Decider,
  id: ApprovalId,
): Promise<Situation | undefined> {
  const [approval, ballot, policies] = await Promise.all([
    tx.approvals.lock(id),
    tx.approvals.ballot(id, { person: person.id, key }),
    tx.policies.coveringRequest(id),
  ]);
  return approval && { ...ballot, approval, policies };
}

/**
 * A second click, or a retry after a lost answer, must not look like a failure. A decision to grant less than was granted is another decision:
 * it must not look like a success.
 */
function isRepeatedDecision(approval: Approval, { person }: Decider, decision: Decision) {
  if (approval.status !== 'approved' && approval.status !== 'denied') return false;
  if (approval.settledBy?.id !== person.id) return false;
  if (approval.status === 'denied')
    return decision.verdict === 'deny' && approval.sentBack === (decision.sentBack ?? false);
  return decision.verdict === 'approve' && !narrows(approval, decision);
}

const narrows = (
  { granted, grantedResources }: Approved,
  { duration = granted, resources = grantedResources }: Decision,
): boolean => duration < granted || grantedResources.some((uri) => !resources.includes(uri));

async function checkOpen(
  parts: DecideParts,
  tx: Tx,
  situation: Situation,
  decider: Decider,
  decision: Decision,
): Promise<Result<Approval>> {
  const closed = whyClosed(situation.approval, situation.now);
  if (closed) return refused(closed);
  const bound = await rebindToPolicy(parts, tx, situation, decider, decision.seen);
  return bound.ok ? applyVote(parts, tx, bound.value, decider, decision) : bound;
}

async function applyVote(
  parts: DecideParts,
  tx: Tx,
  { approval, deciding, ballot }: BoundApproval,
  decider: Decider,
  decision: Decision,
): Promise<Result<Approval>> {
  const { policy } = deciding;
  const vote: Vote = {
    approval: approval.id,
    person: decider.person.id,
    verdict: decision.verdict,
    entryPoint: decider.entryPoint,
    reason: decision.reason && storable(decision.reason),
    duration: decision.duration,
    sentBack: decision.sentBack,
    resources: decision.resources && [...new Set(decision.resources)].sort(),
  };
  const outcome = castVote({
    approval,
    policy,
    vote,
    approvers: await approversAt(tx.groups, deciding, approval, ballot.now),
    voter: decider.person,
    earlier: ballot.votes,
    earlierVoters: ballot.voters,
    now: ballot.now,
  });
  if (!outcome.ok) return outcome;
  return recordVote(parts, tx, { approval, policy, decider, vote, outcome: outcome.value });
}

/** A request bound to the policy that decides it now, which is the policy that the decider saw. */
interface BoundApproval {
  readonly approval: Approval;
  readonly deciding: Deciding;
  readonly ballot: Ballot;
}

/**
 * If the deciding policy has changed, binds the approval to the current policy. If the decider saw a different state, or the client
 * does not say which, the vote is refused and the card is updated.
 */
async function rebindToPolicy(
  { digest, defaultApprovers }: DecideParts,
  tx: Tx,
  { approval, policies, ...ballot }: Situation,
  decider: Decider,
  seen = approval.digest,
): Promise<Result<BoundApproval>> {
  const deciding = decidingPolicy(policies, approval.resources);
  if (!deciding.ok) return refused({ code: 'policy_changed' });
  const policy = deciding.value;
  const now = requestDigest(digest, {
    ...approval,
    policy: policy.id,
    policyVersion: policy.version,
  });
  const rebound =
    now === approval.digest ? undefined : await tx.approvals.rebind(approval.id, policy, now);
  if (rebound)
    tx.record({
      ...about(approval, decider),
      type: 'approval_rebound',
      details: { policy: policy.id, policyVersion: policy.version, digest: now },
    });
  if (seen === now)
    return ok({
      approval: rebound ?? approval,
      deciding: { policy, policies, defaults: defaultApprovers },
      // Votes under the previous policy are void.
      ballot: rebound ? { ...ballot, votes: [], voters: [] } : ballot,
    });
  await tx.enqueueCardUpdate(approval.id);
  return refused({ code: 'policy_changed' });
}

interface VoteToRecord {
  readonly approval: Approval;
  readonly policy: Policy;
  readonly decider: Decider;
  readonly vote: Vote;
  readonly outcome: Settlement | 'counted';
}

async function recordVote(
  parts: DecideParts,
  tx: Tx,
  { approval, policy, decider, vote, outcome }: VoteToRecord,
): Promise<Result<Approval>> {
  const grant = outcome === 'counted' ? undefined : grantOf(parts, approval, policy, outcome);
  const settled =
    outcome === 'counted'
      ? approval
      : await tx.approvals.settleByVote({ vote, settlement: outcome, grant });
  // The row is locked, so the update can only fail because the request has expired.
  if (!settled) return refused({ code: 'expired' });
  if (outcome === 'counted') await tx.approvals.addVote(vote);
  tx.record({
    ...about(approval, decider),
    type: 'vote_cast',
    reason: vote.reason,
    details: { verdict: vote.verdict, through: decider.through, digest: approval.digest },
  });
  if (settled.status !== 'pending')
    tx.record({
      ...about(approval, decider),
      type: 'approval_decided',
      reason: vote.reason,
      details: {
        outcome: settled.status,
        ...(settled.status === 'denied' && settled.sentBack && { retry: 'with_changes' }),
      },
    });
  if (grant)
    tx.record({
      ...about(approval, decider),
      type: 'access_granted',
      grant: grant.id,
      resources: grant.resources,
      details: { duration: grant.duration, digest: approval.digest },
    });
  if (settled.status !== 'pending') await notifyOwner(tx, settled, 'settled', decider.person.id);
  await tx.enqueueCardUpdate(approval.id);
  await tx.wake(approval.id);
  return ok(settled);
}

function grantOf(
  { makeId }: DecideParts,
  approval: Approval,
  policy: Policy,
  settlement: Settlement,
): NewGrant | undefined {
  if (settlement.status !== 'approved') return undefined;
  return {
    ...approval,
    id: makeId('grnt'),
    approval: approval.id,
    policy: policy.id,
    resources: settlement.grantedResources,
    duration: settlement.granted,
    maxUses: policy.maxUses,
  };
}

function about(approval: Approval, { person, entryPoint }: Decider): Omit<AuditEvent, 'type'> {
  const actor: Actor = personActor(person);
  const { id, principal, resources, operation } = approval;
  return { actor, entryPoint, approval: id, principal, resources, operation };
}
