/** Replay past requests under a proposed set of policies and report which would have ended differently. Changes nothing. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import { approversOf, type PolicyRules } from '../../domain/policy/policy.js';
import { createPolicyIndex, type PolicyIndex } from '../../domain/policy/policy-index.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { ApprovalStatus, Operation, RefusalCode } from '../../domain/vocabulary.js';
import type { Reads } from '../../ports/index.js';
import { evaluateRequest } from '../approvals/evaluate-request.js';
import { requireScope } from '../authorization/require-scope.js';
import { inTurns } from '../in-turns.js';
import { decidingPolicy } from './deciding-policy.js';
import { type PolicyWrite, rulesAfter, whyNotWritten } from './policy-write.js';

export interface Proposal {
  readonly writes: readonly PolicyWrite[];
  /** As if every policy that is not among the writes were removed. */
  readonly prune?: boolean | undefined;
  /** Replays requests from this moment on. */
  readonly since: Date;
}

/** A person had to decide, the policy granted it at once, or the policy refused it. */
type Outcome = 'asked' | 'granted' | 'refused';

export interface ReplayedRequest {
  readonly approval: ApprovalId;
  readonly at: Date;
  /** The key's name. */
  readonly requester: string;
  readonly operation: Operation;
  readonly resources: readonly string[];
  readonly recorded: Exclude<Outcome, 'refused'>;
  readonly status: ApprovalStatus;
  readonly proposed: Outcome;
  readonly code?: RefusalCode | undefined;
}

export interface Simulation {
  readonly replayed: number;
  readonly unchanged: number;
  readonly askedToGranted: number;
  /** Those of them that a person denied. */
  readonly grantedThoughDenied: number;
  readonly grantedToAsked: number;
  readonly refused: number;
  /** Oldest first: at most `CHANGES_LISTED`, and every request that a person denied. */
  readonly changes: readonly ReplayedRequest[];
  readonly unlisted: number;
}

export type SimulatePolicies = (caller: Caller, proposal: Proposal) => Promise<Result<Simulation>>;

const PAGE = 500;
/** Of changes to requests that no person denied. A longer list would be unreadable. */
const CHANGES_LISTED = 1000;

/** Does not replay requests that were refused outright: they left no record. */
export function createSimulatePolicies(
  store: Reads,
  defaultApprovers: readonly string[],
): SimulatePolicies {
  return async (caller, proposal) => {
    const forbidden = requireScope(caller, 'resources:manage') ?? whyNotWritten(proposal.writes);
    if (forbidden) return forbidden;
    const proposed = overlay(await store.policies.list(), proposal);
    if (!proposed.ok) return proposed;
    const index = createPolicyIndex(proposed.value);
    const tally = createTally();
    let after: string | undefined;
    do {
      const page = await store.approvals.requestedSince(proposal.since, { limit: PAGE, after });
      await inTurns(page.items, (approval) => tally.add(replay(index, defaultApprovers, approval)));
      after = page.next;
    } while (after !== undefined);
    return ok(tally.result());
  };
}

/** The policies that would be in force. */
function overlay(
  inForce: readonly PolicyRules[],
  { writes, prune }: Proposal,
): Result<readonly PolicyRules[]> {
  const present = new Map(inForce.map((policy) => [policy.uri, policy]));
  const rules = new Map(prune ? [] : present);
  for (const write of writes) {
    const after = rulesAfter(present.get(write.uri), write);
    if (!after.ok) return after;
    rules.set(write.uri, after.value);
  }
  return ok([...rules.values()]);
}

function replay(
  index: PolicyIndex,
  defaultApprovers: readonly string[],
  approval: Approval,
): ReplayedRequest {
  const { id, createdAt, requester, operation, resources, status } = approval;
  const proposed = reevaluate(index, defaultApprovers, approval);
  return {
    approval: id,
    at: createdAt,
    requester: requester.name,
    operation,
    resources,
    recorded: status === 'approved' && !approval.settledBy ? 'granted' : 'asked',
    status,
    proposed: proposed.ok ? proposed.value : 'refused',
    code: proposed.ok ? undefined : proposed.refusal.code,
  };
}

/** Evaluates the request at the moment when it was made. */
function reevaluate(
  index: PolicyIndex,
  defaultApprovers: readonly string[],
  { resources, createdAt, ...question }: Approval,
): Result<'asked' | 'granted'> {
  const deciding = decidingPolicy(index, resources);
  if (!deciding.ok) return deciding;
  const policy = deciding.value;
  const judged = evaluateRequest(policy, question, createdAt);
  if (!judged.ok) return judged;
  if (judged.value.grantedImmediately) return ok('granted');
  const approvers = approversOf(policy, index.covering(policy.uri), defaultApprovers);
  if (approvers.length > 0) return ok('asked');
  return refused({ code: 'approvers_missing' });
}

function createTally() {
  const counts = { replayed: 0, unchanged: 0, askedToGranted: 0, grantedToAsked: 0, refused: 0 };
  const changes: ReplayedRequest[] = [];
  let grantedThoughDenied = 0;
  let unlisted = 0;
  return {
    add(request: ReplayedRequest): void {
      const comparison = comparisonOf(request);
      counts.replayed += 1;
      counts[comparison] += 1;
      if (comparison === 'unchanged') return;
      const denied = comparison === 'askedToGranted' && request.status === 'denied';
      if (denied) grantedThoughDenied += 1;
      if (denied || changes.length - grantedThoughDenied < CHANGES_LISTED) changes.push(request);
      else unlisted += 1;
    },
    result: (): Simulation => ({ ...counts, grantedThoughDenied, changes, unlisted }),
  };
}

function comparisonOf({ recorded, proposed }: ReplayedRequest) {
  if (recorded === proposed) return 'unchanged';
  if (proposed === 'refused') return 'refused';
  return proposed === 'granted' ? 'askedToGranted' : 'grantedToAsked';
}
