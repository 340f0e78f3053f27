/** A policy: what `configureResource` sets for a pattern, and what it says about one request. A new field also needs an entry in `policy-fields`. */

import { isDuration } from '../duration.js';
import { DURATION_MIN } from '../limits.js';
import { isNamedBy, type Person } from '../person.js';
import { namesRequester, type Requester } from '../requester-entry.js';
import { ok, type Result, refused } from '../result.js';
import { reasonLength, saysSomething } from '../text.js';
import type { EntryPoint, Operation, Sensitivity } from '../vocabulary.js';
import type { AutoApprove } from './auto-approve.js';

export type PolicyId = `plcy_${string}`;

export interface PolicyRules {
  /** A resource or pattern in full. */
  readonly uri: string;
  readonly name: string;
  readonly permissions: readonly Operation[];
  readonly requiresApproval: boolean;
  /** Approver entries (see `approver-entry`). Undefined: the next broader policy's. */
  readonly approvers?: readonly string[] | undefined;
  readonly decideFrom: readonly EntryPoint[];
  readonly minApprovals: number;
  readonly allowSelfApproval: boolean;
  /** Undefined: required exactly when an approval is. */
  readonly requireReason?: boolean | undefined;
  readonly minReasonLength: number;
  readonly requireDecisionReason: boolean;
  /** Milliseconds, as are the next two. */
  readonly defaultDuration: number;
  readonly maxDuration: number;
  readonly requestTtl: number;
  /** Reads that one grant allows. Undefined: no limit. */
  readonly maxUses?: number | undefined;
  /** Slack channel id for the card. Undefined: the configured default. */
  readonly channel?: string | undefined;
  /** Keys or their owners (`requester-entry`). Undefined: everyone; empty: no one. */
  readonly requesters?: readonly string[] | undefined;
  /** False hides the metadata from requesters without a `list` grant. */
  readonly listed: boolean;
  /** `high` marks the card by word and sign. */
  readonly sensitivity: Sensitivity;
  /** Does the card mention its approvers, so that a phone rings? */
  readonly mention: boolean;
  readonly autoApprove?: AutoApprove | undefined;
  /** Further approvers, asked after a silence of `escalateAfter` (ms). */
  readonly escalateTo?: readonly string[] | undefined;
  readonly escalateAfter?: number | undefined;
}

export interface Policy extends PolicyRules {
  readonly id: PolicyId;
  /** Rises by one with every change; an approval is bound to the version under which it was requested. */
  readonly version: number;
}

export interface Question {
  readonly requester: Requester;
  readonly operation: Operation;
  readonly reason: string;
  /** Milliseconds. Undefined: the policy's default. */
  readonly duration?: number | undefined;
}

/** Does the policy accept the request, and for how long (ms)? Who approves it is another question. */
export function judge(policy: PolicyRules, question: Question): Result<number> {
  if (!policy.permissions.includes(question.operation))
    return refused({ code: 'not_permitted', operation: question.operation });
  if (!mayAsk(policy, question.requester)) return refused({ code: 'not_a_requester' });
  const reason = judgeReason(policy, question.reason);
  if (reason) return reason;
  const duration = question.duration ?? Math.min(policy.defaultDuration, policy.maxDuration);
  if (!isDuration(duration)) return refused({ code: 'invalid_duration', minimum: DURATION_MIN });
  if (duration > policy.maxDuration)
    return refused({ code: 'duration_too_long', maximum: policy.maxDuration });
  return ok(duration);
}

function mayAsk({ requesters }: PolicyRules, requester: Requester): boolean {
  return !requesters || requesters.some((entry) => namesRequester(entry, requester));
}

export const needsReason = ({ requireReason, requiresApproval }: PolicyRules): boolean =>
  requireReason ?? requiresApproval;

/** The least characters of a reason; undefined where none is needed. */
export function neededReason(policy: PolicyRules): number | undefined {
  return needsReason(policy) ? policy.minReasonLength : undefined;
}

function judgeReason(policy: PolicyRules, reason: string) {
  if (neededReason(policy) === undefined) return undefined;
  const length = reasonLength(reason);
  if (length === 0) return refused({ code: 'reason_missing', minimum: policy.minReasonLength });
  if (length < policy.minReasonLength || !saysSomething(reason))
    return refused({ code: 'reason_too_short', minimum: policy.minReasonLength, length });
  return undefined;
}

/**
 * Who may decide: the policy's own approvers, else those of the next broader policy that names any, else the installation's.
 * `broader` holds the policies that cover the same pattern, most specific first.
 */
export function approversOf(
  policy: PolicyRules,
  broader: readonly PolicyRules[],
  fallback: readonly string[],
): readonly string[] {
  const named = [policy, ...broader].find((candidate) => candidate.approvers?.length);
  return named?.approvers ?? fallback;
}

/** May a decision come from this entry point? `cli` is an older name of `api`: both mean a human key, whichever program sends it. */
export function acceptsFrom(
  { decideFrom }: Pick<PolicyRules, 'decideFrom'>,
  entryPoint: EntryPoint,
) {
  return decideFrom.some((accepted) => apiName(accepted) === apiName(entryPoint));
}

const apiName = (entryPoint: EntryPoint) => (entryPoint === 'cli' ? 'api' : entryPoint);

export function isApprover(person: Person, approvers: readonly string[]): boolean {
  return approvers.some((entry) => isNamedBy(person, entry));
}
