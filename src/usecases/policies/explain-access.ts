/** Explain what would happen to a request. Asks no person and records nothing. */

import { parsePattern } from '../../domain/pattern.js';
import {
  type AutoApprovalReport,
  explainAutoApproval,
  reportForAgents,
} from '../../domain/policy/auto-approve.js';
import { neededReason, type Policy } from '../../domain/policy/policy.js';
import { explain, type Refusal } from '../../domain/refusal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { Reads, RequestCounts } from '../../ports/index.js';
import {
  countsOn,
  type EvaluatedRequest,
  evaluateRequest,
  withEarlierUses,
} from '../approvals/evaluate-request.js';
import { type RequestLimits, refuseOverLimit } from '../approvals/request-limits.js';
import { requireScope } from '../authorization/require-scope.js';
import { decidingPolicy, namedApproverEntries } from './deciding-policy.js';
import { findSubject, type Subject } from './explain-subject.js';
import { seesPolicies } from './list-policies.js';

export interface AccessQuestion {
  readonly resource: string;
  readonly operation: Operation;
  /** Milliseconds. Undefined: the policy's default. */
  readonly duration?: number | undefined;
  /** The name of another key. */
  readonly as?: string | undefined;
  readonly at?: Date | undefined;
}

export interface Explanation {
  /** The name of the requesting key. */
  readonly requester: string;
  readonly outcome: Outcome;
  readonly refusal?: Refusal | undefined;
  /** A sentence. */
  readonly why: string;
  /** Of the deciding policy; undefined where no policy decides. */
  readonly rules?:
    | {
        /** Milliseconds, like `maxDuration`. */
        readonly defaultDuration: number;
        readonly maxDuration: number;
        /** Characters. Undefined: no reason is needed. */
        readonly minReasonLength?: number | undefined;
      }
    | undefined;
  /** Milliseconds of the grant; undefined where the policy refuses the request. */
  readonly duration?: number | undefined;
  /** Undefined where auto-approval is off. */
  readonly report?: AutoApprovalReport | undefined;
  /** Undefined when the question is about another time. */
  readonly limits?:
    | (Pick<RequestCounts, 'pending' | 'lastHour'> & Omit<RequestLimits, 'deniedCooldown'>)
    | undefined;
  /** Only for callers who may see policies, because policies name people. */
  readonly policy?: Policy | undefined;
  readonly approvers?: readonly string[] | undefined;
}

type Outcome = 'asked' | 'granted' | 'refused';

export type ExplainAccess = (
  caller: Caller,
  question: AccessQuestion,
) => Promise<Result<Explanation>>;

export interface ExplainAccessParts {
  readonly store: Reads;
  readonly defaultApprovers: readonly string[];
  readonly limits: RequestLimits;
}

/** An agent can ask about itself and the present; only people who manage or decide can ask about another key or time. */
export function createExplainAccess(parts: ExplainAccessParts): ExplainAccess {
  return async (caller, question) => {
    const forbidden = refuseQuestion(caller, question);
    if (forbidden) return forbidden;
    const pattern = parsePattern(question.resource);
    if (!pattern.ok) return pattern;
    const subject = await findSubject(parts.store, caller, question.as);
    if (!subject) return refused({ code: 'not_found' });
    const prediction = await predict(parts, subject, question);
    return ok(visibleTo(caller, subject, prediction));
  };
}

function refuseQuestion(caller: Caller, { as, at }: AccessQuestion) {
  if (as === undefined && at === undefined) return requireScope(caller, 'access:request');
  if (may(caller, 'resources:manage') || may(caller, 'approvals:decide')) return undefined;
  return refused({
    code: 'not_allowed',
    needs: 'the scope resources:manage or approvals:decide, to ask about another key or time',
  });
}

/** An explanation with everything in it, also what the reader may not see. */
interface Prediction {
  readonly outcome: Outcome;
  readonly refusal?: Refusal;
  /** The reason, where the outcome does not imply it. */
  readonly because?: string;
  readonly policy?: Policy;
  readonly judged?: EvaluatedRequest;
  readonly approvers?: readonly string[];
  readonly limits?: Explanation['limits'];
}

const predictRefusal = (refusal: Refusal, known: Partial<Prediction> = {}): Prediction => ({
  ...known,
  outcome: 'refused',
  refusal,
});

/** The steps of a request, in the same order. */
async function predict(
  parts: ExplainAccessParts,
  subject: Subject,
  question: AccessQuestion,
): Promise<Prediction> {
  const { store, defaultApprovers } = parts;
  const { resource, operation, at } = question;
  if (!subject.mayAsk)
    return predictRefusal({ code: 'not_allowed', needs: 'the scope access:request' });
  const policies = await store.policies.covering([resource]);
  const deciding = decidingPolicy(policies, [resource]);
  if (!deciding.ok) return predictRefusal(deciding.refusal);
  const policy = deciding.value;
  const approvers = namedApproverEntries({ policy, policies, defaults: defaultApprovers });
  const judged = evaluateRequest(
    policy,
    { ...question, requester: subject.requester, reason: acceptableReason(policy) },
    at ?? (await store.now()),
  );
  if (!judged.ok) return predictRefusal(judged.refusal, { policy, approvers });

  const before = { policy, approvers, judged: judged.value };
  const grant = at
    ? undefined
    : await store.grants.covering(subject.id, policy.id, operation, [resource]);
  if (grant)
    return { ...before, outcome: 'granted', because: 'An active grant covers this already.' };
  const known = at
    ? before
    : {
        ...before,
        judged: await countEarlierUses(store, subject, policy, question, before.judged),
      };
  if (known.judged.grantedImmediately) return { ...known, outcome: 'granted' };
  if (approvers.length === 0) return predictRefusal({ code: 'approvers_missing' }, known);
  if (at) return { ...known, outcome: 'asked' };
  return withinLimits(parts, subject, question, known);
}

async function countEarlierUses(
  { grants }: Reads,
  { id: principal, owner }: Subject,
  policy: Policy,
  { resource, operation }: AccessQuestion,
  judged: EvaluatedRequest,
) {
  if (!countsOn(judged, policy)) return judged;
  const access = { principal, owner, policy: policy.id, operation, resources: [resource] };
  return withEarlierUses(judged, await grants.automaticUses(access, policy.maxDuration));
}

async function withinLimits(
  { store, limits }: ExplainAccessParts,
  { id }: Subject,
  { resource, operation }: AccessQuestion,
  known: Partial<Prediction> & { readonly judged: EvaluatedRequest },
): Promise<Prediction> {
  const { duration } = known.judged;
  const history = await store.approvals.requestCounts(id, {
    operation,
    resources: [resource],
  });
  const { pending, lastHour, pendingDurations } = history;
  const { maxPending, maxPerHour } = limits;
  const all = { ...known, limits: { pending, lastHour, maxPending, maxPerHour } };
  const over = refuseOverLimit(history, duration, limits);
  if (over) return predictRefusal(over.refusal, all);
  const because = 'The same request is pending; repeating it returns that request.';
  return { ...all, outcome: 'asked', ...(pendingDurations.includes(duration) && { because }) };
}

/** A reason that the policy accepts: the caller gives none here. */
const acceptableReason = (policy: Policy) => 'x'.repeat(neededReason(policy) ?? 0);

function visibleTo(caller: Caller, { requester }: Subject, prediction: Prediction): Explanation {
  const { outcome, refusal, policy, judged, approvers, limits } = prediction;
  const seesPolicy = seesPolicies(caller);
  const report = judged?.report && (seesPolicy ? judged.report : reportForAgents(judged.report));
  return {
    requester: requester.name,
    outcome,
    refusal,
    why: sentence(prediction, report),
    duration: judged?.duration,
    report,
    limits,
    rules: policy && {
      defaultDuration: Math.min(policy.defaultDuration, policy.maxDuration),
      maxDuration: policy.maxDuration,
      minReasonLength: neededReason(policy),
    },
    policy: seesPolicy ? policy : undefined,
    approvers: seesPolicy && policy?.requiresApproval ? approvers : undefined,
  };
}

function sentence(
  { outcome, refusal, because, policy }: Prediction,
  report: AutoApprovalReport | undefined,
): string {
  if (refusal) return explain(refusal);
  if (because) return because;
  if (policy && !policy.requiresApproval) return 'The policy requires no approval.';
  const auto = report && explainAutoApproval(report);
  if (outcome === 'granted') return `Granted without a person: ${auto ?? 'the policy allows it'}.`;
  return auto ? `A person decides: ${auto}.` : 'A person decides.';
}
