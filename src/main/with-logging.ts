/** Logs each step of an approval and each suspension, for every entry point: one line a step, with ids only. */

import type { Approval } from '../domain/approval.js';
import type { GrantId } from '../domain/grant.js';
import type { Result } from '../domain/result.js';
import type { Log, Reads } from '../ports/index.js';
import type { Suspension } from '../usecases/authorization/suspend-principal.js';
import type { UseCases } from '../usecases/index.js';
import { approvalFields } from './approval-log-fields.js';
import { currentRequest } from './request-context.js';

export interface LoggingParts {
  /** Finds the approval that a decision or a read is about. */
  readonly store: Pick<Reads, 'approvals' | 'grants'>;
  readonly slackState: () => 'ok' | 'degraded' | 'off';
  readonly log: Log;
}

export function withLogging(useCases: UseCases, parts: LoggingParts): UseCases {
  const { store, log } = parts;
  const { authenticate, decide, secretOperations, suspendPrincipal, manageSuspensions } = useCases;
  const logRead = createReadLogging(parts);
  return {
    ...useCases,
    async authenticate(token) {
      const caller = await authenticate(token);
      const context = currentRequest();
      if (context && caller.ok) context.principal = caller.value.principal.id;
      return caller;
    },
    requestAccess: logRequests(useCases.requestAccess, parts),
    async decide(decider, decision, idempotencyKey) {
      const result = await decide(decider, decision, idempotencyKey);
      const approval = result.ok ? result.value : await store.approvals.find(decision.approval);
      const outcome = result.ok ? result.value.status : result.refusal.code;
      const { entryPoint } = decider;
      if (approval) log.info({ ...approvalFields(approval), entryPoint, outcome }, 'decision');
      return result;
    },
    readSecret: logRead(useCases.readSecret),
    secretOperations: { ...secretOperations, read: logRead(secretOperations.read) },
    suspendPrincipal: async (...args) => logSuspension(log, await suspendPrincipal(...args)),
    manageSuspensions: {
      ...manageSuspensions,
      suspend: async (...args) => logSuspension(log, await manageSuspensions.suspend(...args)),
    },
  };
}

function logRequests(
  requestAccess: UseCases['requestAccess'],
  { slackState, log }: LoggingParts,
): UseCases['requestAccess'] {
  return async (...args) => {
    const result = await requestAccess(...args);
    if (!result.ok) return result;
    const { approval } = result.value;
    log.info({ ...approvalFields(approval), outcome: approval.status }, 'access requested');
    if (approval.status === 'pending' && slackState() !== 'ok') logDecideCommands(log, approval);
    return result;
  };
}

/** While Slack cannot show a card, the log gives the exact commands that decide the request. */
function logDecideCommands(log: Log, { id }: Pick<Approval, 'id'>): void {
  log.info(
    {
      approval: id,
      approve: `vsecure mcp:approve ${id}`,
      deny: `vsecure mcp:deny ${id} --reason "…"`,
    },
    'an approval is pending and Slack is not connected: decide with these commands',
  );
}

function createReadLogging({ store, log }: LoggingParts) {
  const approvalOfGrant = createApprovalOfGrant(store);
  return (read: UseCases['readSecret']): UseCases['readSecret'] =>
    async (...args) => {
      const result = await read(...args);
      if (!result.ok) return result;
      const approval = await approvalOfGrant(result.value.grant);
      if (approval) log.info(approvalFields(approval), 'a secret was read');
      return result;
    };
}

/** How many grants are cached, so that a read needs no extra query. A cached entry never changes. */
const CACHED_MAX = 1000;

/** Undefined when the lookup fails: a log line is no reason to fail a read. */
function createApprovalOfGrant({ grants, approvals }: LoggingParts['store']) {
  const cache = new Map<GrantId, Pick<Approval, 'id' | 'request'>>();
  return async (id: GrantId): Promise<Pick<Approval, 'id' | 'request'> | undefined> => {
    const cached = cache.get(id);
    if (cached) return cached;
    try {
      const grant = await grants.find(id);
      const approval = grant && (await approvals.find(grant.approval));
      if (!approval) return undefined;
      if (cache.size >= CACHED_MAX) cache.clear();
      const entry = { id: approval.id, request: approval.request };
      cache.set(id, entry);
      return entry;
    } catch {
      return undefined;
    }
  };
}

/** Logs a suspension when it changed something; suspending a suspended key again is silent. */
function logSuspension(log: Log, result: Result<Suspension>): Result<Suspension> {
  if (!result.ok || result.value.already) return result;
  const { principal, grants, requests } = result.value;
  log.warn(
    { key: principal.name, grants, requests, resume: `vsecure keys:resume ${principal.name}` },
    'a key was suspended: its grants are revoked and its requests withdrawn',
  );
  return result;
}
