/** Converts rows of `approval` and `vote` to the domain's unions. */

import type { Approval, Vote } from '../domain/approval.js';
import type { PersonId } from '../domain/person.js';
import type { PolicyId } from '../domain/policy/policy.js';
import type { PrincipalId } from '../domain/principal.js';
import type { EntryPoint, Operation, Verdict } from '../domain/vocabulary.js';

/** The status by the database's clock: a request past its end reads as expired, also before the job has settled it. */
export const approvalStatus = (a: string) => `case when ${a}.status = 'pending'
  and ${a}.expires_at <= clock_timestamp() then 'expired' else ${a}.status end`;

export const APPROVAL_COLUMNS = `
  a.id, a.principal_id, a.policy_id, a.policy_version, a.operation, a.resources, a.reason, a.duration_ms,
  a.claimed_client, a.digest, a.asked, ${approvalStatus('a')} as status, a.created_at, a.expires_at, a.settled_at, a.settled_by,
  a.decision_reason, a.granted_ms, a.granted_resources, a.sent_back, a.auto_report, a.request_id, a.traceparent, p.name as requester_name, p.owner_id, o.email as owner_email, s.email as settler_email`;

export interface ApprovalRow {
  readonly id: Approval['id'];
  readonly principal_id: PrincipalId;
  readonly policy_id: PolicyId;
  readonly policy_version: number;
  readonly operation: Operation;
  readonly resources: readonly string[];
  readonly reason: string;
  readonly duration_ms: number;
  readonly claimed_client: string | null;
  readonly digest: string;
  readonly asked: number;
  readonly status: Approval['status'];
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly settled_at: Date | null;
  readonly settled_by: PersonId | null;
  readonly decision_reason: string | null;
  readonly granted_ms: number | null;
  readonly granted_resources: readonly string[] | null;
  readonly sent_back: boolean;
  readonly auto_report: string | null;
  readonly request_id: string | null;
  readonly traceparent: string | null;
  readonly requester_name: string;
  readonly owner_id: PersonId;
  readonly owner_email: string;
  readonly settler_email: string | null;
}

/** Throws when the domain has no state for the row; the database's CHECKs prevent such rows. */
export function toApproval(row: ApprovalRow): Approval {
  const requested = toRequested(row);
  if (row.status === 'pending') return { ...requested, status: 'pending' };
  const settledAt = row.settled_at ?? (row.status === 'expired' ? row.expires_at : undefined);
  if (!settledAt) throw new Error('an approval is settled without a time');
  const settled = {
    ...requested,
    settledAt,
    settledBy: settler(row),
    decisionReason: row.decision_reason ?? undefined,
  };
  if (row.status === 'denied') return { ...settled, status: 'denied', sentBack: row.sent_back };
  if (row.status !== 'approved') return { ...settled, status: row.status };
  const { granted_ms: granted, granted_resources: grantedResources } = row;
  if (granted === null || grantedResources === null)
    throw new Error('an approval is approved without saying what');
  return { ...settled, status: 'approved', granted, grantedResources };
}

function toRequested(row: ApprovalRow) {
  return {
    id: row.id,
    principal: row.principal_id,
    policy: row.policy_id,
    policyVersion: row.policy_version,
    operation: row.operation,
    resources: row.resources,
    ...reasonsOf(row),
    duration: row.duration_ms,
    claimedClient: row.claimed_client ?? undefined,
    autoReport: row.auto_report ?? undefined,
    digest: row.digest,
    requester: { name: row.requester_name, owner: row.owner_id, ownerEmail: row.owner_email },
    timesRequested: row.asked,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    request: row.request_id ?? undefined,
    traceparent: row.traceparent ?? undefined,
  };
}

/** Separates the first reason from a later one in the column. No stored reason contains it otherwise. */
export const REASON_BREAK = '\u001e';

function reasonsOf({ reason: stored }: ApprovalRow) {
  const [reason = '', updatedReason] = stored.split(REASON_BREAK);
  return { reason, updatedReason };
}

const settler = ({ settled_by, settler_email }: ApprovalRow) =>
  settled_by && settler_email ? { id: settled_by, email: settler_email } : undefined;

export interface VoteRow {
  readonly approval_id: Approval['id'];
  readonly person_id: PersonId;
  readonly verdict: Verdict;
  readonly door: EntryPoint;
  readonly reason: string | null;
  readonly duration_ms: number | null;
  readonly resources: readonly string[] | null;
}

export function toVote(row: VoteRow): Vote {
  return {
    approval: row.approval_id,
    person: row.person_id,
    verdict: row.verdict,
    entryPoint: row.door,
    reason: row.reason ?? undefined,
    duration: row.duration_ms ?? undefined,
    resources: row.resources ?? undefined,
  };
}
