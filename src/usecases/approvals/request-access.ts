/** Ask for access. Answers at once: granted where no person is needed, else pending; it never waits for anybody. */

import type { Approval, ApprovalId, NewApproval } from '../../domain/approval.js';
import { keyActor } from '../../domain/audit-event.js';
import type { Json } from '../../domain/canonical-json.js';
import { RESOURCES_MAX } from '../../domain/limits.js';
import { parsePattern } from '../../domain/pattern.js';
import { explainAutoApproval } from '../../domain/policy/auto-approve.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { HashText } from '../../domain/request-digest.js';
import { requestDigest } from '../../domain/request-digest.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { storable } from '../../domain/text.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { Cards, MakeId, Store, Tx } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent, ReplayPolicy } from '../idempotent.js';
import { notifyOwner } from '../notifications/notify-owner.js';
import { decidingPolicy, namedApproverEntries } from '../policies/deciding-policy.js';
import { type Access, accessTo, withLink } from './approval-with-grant.js';
import { evaluateRequest } from './evaluate-request.js';
import { expireDue } from './expire-approvals.js';
import { type RequestLimits, refuseOverLimit } from './request-limits.js';

export interface AccessRequest {
  readonly resources: readonly string[];
  readonly operation: Operation;
  readonly reason: string;
  /** What the person at the tool wrote where the reason would not do. It stands in its place, and is no part of the question. */
  readonly typedReason?: string | undefined;
  /** Milliseconds. Undefined: the policy's default. */
  readonly duration?: number | undefined;
  /** Ask anew even when a live grant already covers this. */
  readonly renew?: boolean | undefined;
  /** The name that the client gives itself; shown as its claim. */
  readonly claimedClient?: string | undefined;
}

/** As a `repeat` the same question is asked once, and answered with how it stands by then. */
export type RequestAccess = (
  caller: Caller,
  ask: AccessRequest,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<Access>>;

export interface RequestAccessParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly makeId: MakeId;
  readonly digest: HashText;
  readonly cardLink?: Cards['link'] | undefined;
  readonly defaultApprovers: readonly string[];
  readonly limits: RequestLimits;
}

/** Refusals are audited too, except for a key that may not ask at all. */
export function createRequestAccess(parts: RequestAccessParts): RequestAccess {
  return async (caller, ask, idempotencyKey) => {
    const forbidden = requireScope(caller, 'access:request');
    if (forbidden) return forbidden;
    const answer = await parts.store.transaction((tx) =>
      parts.idempotent(
        tx,
        idempotencyKey,
        () => requestInTransaction(parts, tx, caller, ask),
        askedIn(tx),
      ),
    );
    return answer.ok ? ok(await withLink(answer.value, parts.cardLink)) : answer;
  };
}

/** An approval goes on after it was asked for, so only which one it is is kept. */
const askedIn = (tx: Tx): ReplayPolicy<Access, ApprovalId> => ({
  toStored: ({ approval }) => approval.id,
  async replay(id) {
    const access = await accessTo(tx, id);
    return access ? ok(access) : refused({ code: 'not_found' });
  },
});

async function requestInTransaction(
  parts: RequestAccessParts,
  tx: Tx,
  caller: Caller,
  { typedReason, ...told }: AccessRequest,
): Promise<Result<Access>> {
  const ask = { ...told, reason: typedReason ?? told.reason };
  const resources = readResources(ask.resources);
  const answer = resources.ok
    ? await askFor(parts, tx, caller, { ...ask, resources: resources.value })
    : resources;
  if (!answer.ok)
    tx.record({
      type: 'access_refused',
      actor: keyActor(caller),
      principal: caller.principal.id,
      resources: resources.ok ? resources.value : undefined,
      operation: ask.operation,
      refusal: answer.refusal.code,
    });
  return answer;
}

/** What makes two questions the same to whoever sends one again: not the order of the resources, nor what a person typed. */
export function requestContent({
  resources,
  operation,
  reason,
  duration,
  renew,
}: AccessRequest): Json {
  const named = [...new Set(resources)].sort();
  return {
    action: 'request_access',
    resources: named,
    operation,
    reason: storable(reason),
    renew,
    duration: duration?.toString(),
  };
}

/** Sorted and distinct, so that the same question always looks the same. */
function readResources(texts: readonly string[]): Result<readonly string[]> {
  if (texts.length < 1 || texts.length > RESOURCES_MAX)
    return refused({
      code: 'invalid_input',
      problem: `Name 1 to ${RESOURCES_MAX} resources in one request.`,
    });
  for (const text of texts) {
    const pattern = parsePattern(text);
    if (!pattern.ok) return pattern;
  }
  return { ok: true, value: [...new Set(texts)].sort() };
}

async function askFor(
  parts: RequestAccessParts,
  tx: Tx,
  caller: Caller,
  ask: AccessRequest,
): Promise<Result<Access>> {
  const deciding = await decidingPolicy(tx.policies, ask.resources);
  if (!deciding.ok) return deciding;
  const policy = deciding.value;
  const requester = { name: caller.principal.name, ownerEmail: caller.owner.email };
  const judged = evaluateRequest(policy, { ...ask, requester }, await tx.now());
  if (!judged.ok) return judged;

  const covered = ask.renew ? undefined : await alreadyCovered(tx, caller, policy, ask);
  if (covered) return { ok: true, value: covered };

  const { duration, report, grantedImmediately } = judged.value;
  // Where nobody is asked anyway, no condition was needed.
  const autoReport = policy.requiresApproval && report ? explainAutoApproval(report) : undefined;
  const question = { ...write(parts, caller, ask, policy, duration), autoReport };
  if (grantedImmediately)
    return (await suspended(tx, caller)) ?? grantAtOnce(parts, tx, caller, policy, question);
  const approvers = await namedApproverEntries(tx.policies, policy, parts.defaultApprovers);
  if (approvers.length === 0) return refused({ code: 'approvers_missing' });
  const history = await tx.approvals.requestCounts(caller.principal.id, question);
  return (
    refuseOverLimit(history, parts.limits) ??
    (await suspended(tx, caller)) ??
    askPeople(tx, caller, question)
  );
}

/** Since the key was looked at it may have been suspended; from here on that has to wait, and then ends what is written now. */
async function suspended(tx: Tx, { principal }: Caller) {
  const held = await tx.principals.lockActive(principal.id);
  return held ? undefined : refused({ code: 'key_suspended' });
}

async function alreadyCovered(
  tx: Tx,
  { principal }: Caller,
  policy: Policy,
  { operation, resources }: AccessRequest,
): Promise<Access | undefined> {
  const grant = await tx.grants.covering(principal.id, policy.id, operation, resources);
  const approval = grant && (await tx.approvals.find(grant.approval));
  return approval && { approval, grant };
}

function write(
  { makeId, digest }: RequestAccessParts,
  { principal }: Caller,
  ask: AccessRequest,
  policy: Policy,
  duration: number,
): NewApproval {
  const { resources, operation } = ask;
  const bound = { policy: policy.id, policyVersion: policy.version };
  return {
    ...bound,
    id: makeId('appr'),
    principal: principal.id,
    operation,
    resources,
    duration,
    reason: storable(ask.reason),
    ttl: policy.requestTtl,
    claimedClient: ask.claimedClient && storable(ask.claimedClient),
    digest: requestDigest(digest, {
      ...bound,
      resources,
      operation,
      duration,
      principal: principal.id,
    }),
  };
}

async function grantAtOnce(
  { makeId }: RequestAccessParts,
  tx: Tx,
  caller: Caller,
  policy: Policy,
  question: NewApproval,
): Promise<Result<Access>> {
  const approval = await tx.approvals.insertSettled(question);
  const grant = await tx.grants.insert({
    ...question,
    id: makeId('grnt'),
    approval: question.id,
    maxUses: policy.maxUses,
  });
  tx.record({ ...about(caller, question), type: 'approval_requested', reason: question.reason });
  tx.record({
    ...about(caller, question),
    type: 'access_granted',
    grant: grant.id,
    details: {
      automatic: true,
      policy: policy.id,
      policyVersion: policy.version,
      conditions: question.autoReport,
    },
  });
  if (approval.autoReport) await tx.enqueueAutoApprovalLine(policy.channel);
  return { ok: true, value: { approval, grant } };
}

async function askPeople(tx: Tx, caller: Caller, question: NewApproval): Promise<Result<Access>> {
  // Else the same question from before would be answered with, though nobody may decide it any more.
  await expireDue(tx);
  const { approval, repeated } = await tx.approvals.insertPending(question);
  const { policy, policyVersion, duration, digest } = approval;
  tx.record({
    ...about(caller, approval),
    type: repeated ? 'approval_repeated' : 'approval_requested',
    reason: question.reason,
    details: {
      policy,
      policyVersion,
      duration,
      digest,
      asked: approval.timesRequested,
      conditions: question.autoReport,
    },
  });
  await tx.enqueueCardUpdate(approval.id);
  if (!repeated) await notifyOwner(tx, approval, 'asked');
  return { ok: true, value: { approval } };
}

const about = (caller: Caller, { id, resources, operation }: NewApproval | Approval) => ({
  actor: keyActor(caller),
  principal: caller.principal.id,
  approval: id,
  resources,
  operation,
});
