/** What would happen if somebody asked? Says it without asking anybody, and leaves no trace. */

import { coveringPatterns, parsePattern } from '../../domain/pattern.js';
import {
  type AutoApprovalReport,
  explainAutoApproval,
  reportForAgents,
} from '../../domain/policy/auto-approve.js';
import { approversOf, neededReason, type Policy } from '../../domain/policy/policy.js';
import { explain, type Refusal } from '../../domain/refusal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { Reads, RequestCounts } from '../../ports/index.js';
import { type EvaluatedRequest, evaluateRequest } from '../approvals/evaluate-request.js';
import { type RequestLimits, refuseOverLimit } from '../approvals/request-limits.js';
import { requireScope } from '../authorization/require-scope.js';
import { decidingPolicy } from './deciding-policy.js';
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
  /** The name of the key that would ask. */
  readonly requester: string;
  readonly outcome: Outcome;
  readonly refusal?: Refusal | undefined;
  /** A sentence. */
  readonly why: string;
  /** What the deciding policy says; undefined where none decides. */
  readonly rules?:
    | {
        /** Milliseconds, as is the next. */
        readonly defaultDuration: number;
        readonly maxDuration: number;
        /** Characters. Undefined: none is needed. */
        readonly minReasonLength?: number | undefined;
      }
    | undefined;
  /** Milliseconds of the grant; undefined where none could be had. */
  readonly duration?: number | undefined;
  /** Undefined where auto-approval is off. */
  readonly report?: AutoApprovalReport | undefined;
  /** Undefined where another time is asked about. */
  readonly limits?:
    | (Pick<RequestCounts, 'pending' | 'lastHour'> & Omit<RequestLimits, 'deniedCooldown'>)
    | undefined;
  /** Only for who may see policies: they name people. */
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

/** An agent can ask about itself and now; another key or time is for people who manage or decide. */
export function createExplainAccess(parts: ExplainAccessParts): ExplainAccess {
  return async (caller, question) => {
    const forbidden = whyNotExplained(caller, question);
    if (forbidden) return forbidden;
    const pattern = parsePattern(question.resource);
    if (!pattern.ok) return pattern;
    const subject = await findSubject(parts.store, caller, question.as);
    if (!subject) return refused({ code: 'not_found' });
    const foreseen = await foresee(parts, subject, question);
    return ok(shownTo(caller, subject, foreseen));
  };
}

function whyNotExplained(caller: Caller, { as, at }: AccessQuestion) {
  if (as === undefined && at === undefined) return requireScope(caller, 'access:request');
  if (may(caller, 'resources:manage') || may(caller, 'approvals:decide')) return undefined;
  return refused({
    code: 'not_allowed',
    needs: 'the scope resources:manage or approvals:decide, to ask about another key or time',
  });
}

/** An explanation before it is cut to what its reader may see. */
interface Foreseen {
  readonly outcome: Outcome;
  readonly refusal?: Refusal;
  /** Why, where the outcome does not say it. */
  readonly because?: string;
  readonly policy?: Policy;
  readonly judged?: EvaluatedRequest;
  readonly approvers?: readonly string[];
  readonly limits?: Explanation['limits'];
}

const no = (refusal: Refusal, known: Partial<Foreseen> = {}): Foreseen => ({
  ...known,
  outcome: 'refused',
  refusal,
});

/** The same steps in the same order as asking takes. */
async function foresee(
  parts: ExplainAccessParts,
  subject: Subject,
  question: AccessQuestion,
): Promise<Foreseen> {
  const { store, defaultApprovers } = parts;
  const { resource, operation, at } = question;
  if (!subject.mayAsk) return no({ code: 'not_allowed', needs: 'the scope access:request' });
  const deciding = await decidingPolicy(store.policies, [resource]);
  if (!deciding.ok) return no(deciding.refusal);
  const policy = deciding.value;
  const broader = await store.policies.matching(coveringPatterns(policy.uri));
  const approvers = approversOf(policy, broader, defaultApprovers);
  const judged = evaluateRequest(
    policy,
    { ...question, requester: subject.requester, reason: goodReason(policy) },
    at ?? (await store.now()),
  );
  if (!judged.ok) return no(judged.refusal, { policy, approvers });

  const known = { policy, approvers, judged: judged.value };
  const grant = at
    ? undefined
    : await store.grants.covering(subject.id, policy.id, operation, [resource]);
  if (grant) return { ...known, outcome: 'granted', because: 'A live grant covers this already.' };
  if (judged.value.grantedImmediately) return { ...known, outcome: 'granted' };
  if (approvers.length === 0) return no({ code: 'approvers_missing' }, known);
  if (at) return { ...known, outcome: 'asked' };
  return withinLimits(parts, subject, question, known);
}

async function withinLimits(
  { store, limits }: ExplainAccessParts,
  { id }: Subject,
  { resource, operation }: AccessQuestion,
  known: Partial<Foreseen> & { readonly judged: EvaluatedRequest },
): Promise<Foreseen> {
  const { duration } = known.judged;
  const history = await store.approvals.requestCounts(id, {
    operation,
    resources: [resource],
    duration,
  });
  const { pending, lastHour, sameRequest } = history;
  const { maxPending, maxPerHour } = limits;
  const all = { ...known, limits: { pending, lastHour, maxPending, maxPerHour } };
  const over = refuseOverLimit(history, limits);
  if (over) return no(over.refusal, all);
  const because = 'The same request is pending: asking again returns it.';
  return { ...all, outcome: 'asked', ...(sameRequest && { because }) };
}

/** What the reason says is not known here; that one is needed is said beside. */
const goodReason = (policy: Policy) => 'x'.repeat(neededReason(policy) ?? 0);

function shownTo(caller: Caller, { requester }: Subject, foreseen: Foreseen): Explanation {
  const { outcome, refusal, policy, judged, approvers, limits } = foreseen;
  const insider = seesPolicies(caller);
  const report = judged?.report && (insider ? judged.report : reportForAgents(judged.report));
  return {
    requester: requester.name,
    outcome,
    refusal,
    why: sentence(foreseen, report),
    duration: judged?.duration,
    report,
    limits,
    rules: policy && {
      defaultDuration: Math.min(policy.defaultDuration, policy.maxDuration),
      maxDuration: policy.maxDuration,
      minReasonLength: neededReason(policy),
    },
    policy: insider ? policy : undefined,
    approvers: insider && policy?.requiresApproval ? approvers : undefined,
  };
}

function sentence(
  { outcome, refusal, because, policy }: Foreseen,
  report: AutoApprovalReport | undefined,
): string {
  if (refusal) return explain(refusal);
  if (because) return because;
  if (policy && !policy.requiresApproval) return 'The policy requires no approval.';
  const auto = report && explainAutoApproval(report);
  if (outcome === 'granted') return `No person is asked: ${auto ?? 'the policy allows it'}.`;
  return auto ? `A person is asked: ${auto}.` : 'A person is asked.';
}
