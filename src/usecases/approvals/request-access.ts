/** Request access. It returns immediately, either granted or pending, and never waits for a person. */

import type { Approval, ApprovalId, NewApproval } from '../../domain/approval.js';
import { keyActor } from '../../domain/audit-event.js';
import type { Json } from '../../domain/canonical-json.js';
import { RESOURCES_MAX } from '../../domain/limits.js';
import { coverage, parsePattern } from '../../domain/pattern.js';
import { explainAutoApproval } from '../../domain/policy/auto-approve.js';
import type { Policy, PolicyId } from '../../domain/policy/policy.js';
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
import { recordEnd } from './end-grant.js';
import {
  countsOn,
  type EvaluatedRequest,
  evaluateRequest,
  withEarlierUses,
} from './evaluate-request.js';
import { expireDue } from './expire-approvals.js';
import { isLimitRefusal, recordLimitRefusal } from './record-limit-refusals.js';
import { type RequestLimits, refuseOverAutomatic, refuseOverLimit } from './request-limits.js';

export interface AccessRequest {
  readonly resources: readonly string[];
  readonly operation: Operation;
  readonly reason: string;
  /** The reason that the tool user typed when the agent's reason was not acceptable. It replaces `reason`, and is not part of the idempotent request. */
  readonly typedReason?: string | undefined;
  /** Milliseconds. Undefined: the policy's default duration. */
  readonly duration?: number | undefined;
  /** Make a new request even when an active grant already covers this. */
  readonly renew?: boolean | undefined;
  /** Self-reported name of the client. It is shown as such. */
  readonly claimedClient?: string | undefined;
}

/** A retry with the same idempotency key makes no second request. It returns the current state of the first. */
export type RequestAccess = (
  caller: Caller,
  request: AccessRequest,
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

/** Refusals are recorded too, except for a key without the scope to request. Refusals for a key's limits are counted and recorded once a minute. */
export function createRequestAccess(parts: RequestAccessParts): RequestAccess {
  return async (caller, request, idempotencyKey) => {
    const forbidden = requireScope(caller, 'access:request');
    if (forbidden) return forbidden;
    let replayed = true;
    const inTransaction = (tx: Tx) =>
      parts.idempotent(
        tx,
        idempotencyKey,
        () => {
          replayed = false;
          return requestInTransaction(parts, tx, caller, request);
        },
        replayWithCurrentState(tx),
      );
    const together = { kind: 'request', of: caller.principal.id } as const;
    const answer = await parts.store.transaction(inTransaction, together);
    if (!answer.ok) return answer;
    // A request that this call has made has no card yet.
    const isNew = !replayed && answer.value.approval.timesRequested === 1;
    return isNew ? answer : ok(await withLink(answer.value, parts.cardLink));
  };
}

/** Stores only the approval's id, because its state changes after the request. */
const replayWithCurrentState = (tx: Tx): ReplayPolicy<Access, ApprovalId> => ({
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
  { typedReason, ...given }: AccessRequest,
): Promise<Result<Access>> {
  const request = { ...given, reason: typedReason ?? given.reason };
  const resources = readResources(request.resources);
  const answer = resources.ok
    ? await requestUnderPolicy(parts, tx, caller, { ...request, resources: resources.value })
    : resources;
  if (answer.ok) return answer;
  const { code } = answer.refusal;
  if (resources.ok && isLimitRefusal(code))
    await recordLimitRefusal(tx, caller, request.operation, resources.value, code);
  else
    tx.record({
      ...(resources.ok && boundedResources(resources.value)),
      type: 'access_refused',
      actor: keyActor(caller),
      principal: caller.principal.id,
      operation: request.operation,
      refusal: code,
    });
  return answer;
}

/** Resources that a refusal records. A key that asks for what is refused must not fill the audit trail. */
const RECORDED_MAX = 3;

/** The first resources; when there are more, also the number of all. */
const boundedResources = (resources: readonly string[]) => ({
  resources: resources.slice(0, RECORDED_MAX),
  ...(resources.length > RECORDED_MAX && { details: { requested: resources.length } }),
});

/** The content that must be equal in a retry. The order of the resources and a typed reason do not matter. */
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

/** Sorted and distinct, so that equal requests are always identical. */
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
  return ok([...new Set(texts)].sort());
}

/** Everything that a request depends on, read in one wait for the database. The principal's lock comes first. */
async function readSituation(tx: Tx, { principal, key }: Caller, request: AccessRequest) {
  const { resources, operation } = request;
  const [active, policies, state, grants] = await Promise.all([
    tx.principals.lockActive(principal.id),
    tx.policies.covering(resources),
    tx.approvals.requestState(principal.id, key.id, { resources, operation }),
    request.renew ? [] : tx.grants.live(principal.id),
  ]);
  return { active: active !== undefined, policies, state, grants };
}

type Situation = Awaited<ReturnType<typeof readSituation>>;

async function requestUnderPolicy(
  parts: RequestAccessParts,
  tx: Tx,
  caller: Caller,
  request: AccessRequest,
): Promise<Result<Access>> {
  const situation = await readSituation(tx, caller, request);
  const { policies, state } = situation;
  const deciding = decidingPolicy(policies, request.resources);
  if (!deciding.ok) return deciding;
  const policy = deciding.value;
  const requester = { name: caller.principal.name, ownerEmail: caller.owner.email };
  const evaluated = evaluateRequest(policy, { ...request, requester }, state.now);
  if (!evaluated.ok) return evaluated;

  const covered = await alreadyCovered(tx, situation, policy, request);
  if (covered) return ok(covered);

  const judged = await countEarlierUses(tx, caller, policy, request, evaluated.value);
  const { duration, report, grantedImmediately, maxUses } = judged;
  // Without required approval the conditions had no effect.
  const autoReport = policy.requiresApproval && report ? explainAutoApproval(report) : undefined;
  const newApproval = { ...approvalFor(parts, caller, request, policy, duration), autoReport };
  if (grantedImmediately)
    return (
      refuseStopped(situation) ??
      refuseOverAutomatic(state, request.resources.length) ??
      grantImmediately(parts, tx, caller, policy, { ...newApproval, maxUses })
    );
  const approvers = namedApproverEntries({ policy, policies, defaults: parts.defaultApprovers });
  if (approvers.length === 0) return refused({ code: 'approvers_missing' });
  return (
    refuseOverLimit(state, duration, parts.limits) ??
    refuseStopped(situation) ??
    requestApproval(tx, caller, newApproval, state.overdue)
  );
}

/**
 * `renew`, or a new request after a grant was used up, does not restart `maxUses` under auto-approval. Nor does a short grant: those of
 * the policy's longest duration count together.
 */
async function countEarlierUses(
  tx: Tx,
  caller: Caller,
  policy: Policy,
  request: AccessRequest,
  evaluated: EvaluatedRequest,
): Promise<EvaluatedRequest> {
  if (!countsOn(evaluated, policy)) return evaluated;
  const access = automaticAccess(caller, policy.id, request);
  await tx.grants.lockAutomatic(access);
  return withEarlierUses(evaluated, await tx.grants.automaticUses(access, policy.maxDuration));
}

const automaticAccess = (
  { principal, owner }: Caller,
  policy: PolicyId,
  { operation, resources }: Pick<NewApproval, 'operation' | 'resources'>,
) => ({ principal: principal.id, owner: owner.id, policy, operation, resources });

/**
 * The key may have been suspended or revoked since it was authenticated. A later suspension or revocation waits for this transaction, and then
 * ends the new request or grant too.
 */
function refuseStopped({ active, state }: Situation) {
  if (!active) return refused({ code: 'key_suspended' });
  return state.keyLive ? undefined : refused({ code: 'invalid_key' });
}

/** The grant that ends last, of those that cover the request under this policy. */
async function alreadyCovered(
  tx: Tx,
  { grants }: Situation,
  policy: Policy,
  { operation, resources }: AccessRequest,
): Promise<Access | undefined> {
  const [grant] = grants
    .filter(
      (one) =>
        one.policy === policy.id &&
        one.operation === operation &&
        coverage(one.resources).coversAll(resources),
    )
    .sort((one, other) => other.endsAt.getTime() - one.endsAt.getTime());
  const approval = grant && (await tx.approvals.find(grant.approval));
  return approval && { approval, grant };
}

function approvalFor(
  { makeId, digest }: RequestAccessParts,
  { principal }: Caller,
  request: AccessRequest,
  policy: Policy,
  duration: number,
): NewApproval {
  const { resources, operation } = request;
  const bound = { policy: policy.id, policyVersion: policy.version };
  return {
    ...bound,
    id: makeId('appr'),
    principal: principal.id,
    operation,
    resources,
    duration,
    reason: storable(request.reason),
    ttl: policy.requestTtl,
    claimedClient: request.claimedClient && storable(request.claimedClient),
    digest: requestDigest(digest, {
      ...bound,
      resources,
      operation,
      duration,
      principal: principal.id,
    }),
  };
}

async function grantImmediately(
  { makeId }: RequestAccessParts,
  tx: Tx,
  caller: Caller,
  policy: Policy,
  newApproval: NewApproval & Pick<EvaluatedRequest, 'maxUses'>,
): Promise<Result<Access>> {
  const approval = await tx.approvals.insertSettled(newApproval);
  if (newApproval.maxUses !== undefined && newApproval.autoReport) {
    const access = automaticAccess(caller, policy.id, newApproval);
    for (const replaced of await tx.grants.replaceAutomatic(access, caller.principal.id))
      await recordEnd(tx, replaced, 'released', keyActor(caller), 'A new grant replaces it.');
  }
  const grant = await tx.grants.insert({
    ...newApproval,
    id: makeId('grnt'),
    approval: newApproval.id,
    maxUses: newApproval.maxUses,
  });
  tx.record({
    ...about(caller, newApproval),
    type: 'approval_requested',
    reason: newApproval.reason,
  });
  tx.record({
    ...about(caller, newApproval),
    type: 'access_granted',
    grant: grant.id,
    details: {
      automatic: true,
      policy: policy.id,
      policyVersion: policy.version,
      conditions: newApproval.autoReport,
    },
  });
  if (approval.autoReport) await tx.enqueueAutoApprovalLine(policy.channel);
  return ok({ approval, grant });
}

async function requestApproval(
  tx: Tx,
  caller: Caller,
  newApproval: NewApproval,
  overdue: boolean,
): Promise<Result<Access>> {
  // Otherwise an expired request with the same content would be returned, although it can no longer be decided.
  if (overdue) await expireDue(tx);
  const { approval, repeated } = await tx.approvals.insertPending(newApproval);
  const { policy, policyVersion, duration, digest } = approval;
  const asked = approval.timesRequested;
  if (isRecorded(asked))
    tx.record({
      ...about(caller, approval),
      type: repeated ? 'approval_repeated' : 'approval_requested',
      reason: newApproval.reason,
      details: {
        policy,
        policyVersion,
        duration,
        digest,
        asked,
        conditions: newApproval.autoReport,
      },
    });
  await tx.enqueueCardUpdate(approval.id);
  if (!repeated) await notifyOwner(tx, approval, 'asked');
  return ok({ approval });
}

/** A repeated request is under no limit. Each event says how often it was made, so that the trail needs only some of them. */
const isRecorded = (asked: number): boolean => asked <= 10 || asked % 100 === 0;

const about = (caller: Caller, { id, resources, operation }: NewApproval | Approval) => ({
  actor: keyActor(caller),
  principal: caller.principal.id,
  approval: id,
  resources,
  operation,
});
