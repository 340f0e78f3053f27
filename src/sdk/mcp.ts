/** `client.mcp`: approvals, grants, policies and the audit trail. */

import type { z } from 'zod';
import { approvalRoutes, type WireAccess, type WireApproval } from '../contract/approval.js';
import { explainRoute, type WireExplanation } from '../contract/explain.js';
import { grantRoutes, type WireGrant } from '../contract/grant.js';
import { policyRoutes, type WirePolicy } from '../contract/policy.js';
import type { PolicyDocument } from '../contract/policy-document.js';
import { policySetRoutes } from '../contract/policy-set.js';
import { createAlerts } from './alerts.js';
import { createAuditLogs } from './audit-logs.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { type FollowOptions, type FollowQuery, followAudit } from './follow-audit.js';
import { createMetrics } from './metrics.js';
import { createNotifications } from './notifications.js';
import { collect } from './pages.js';
import { type VerifyOptions, verifyAudit } from './verify-audit.js';
import { type Waiting, waitForDecision } from './wait-for-decision.js';

type RequestBody = z.input<typeof approvalRoutes.request.body>;
export type Decision = z.input<typeof approvalRoutes.decide.body>;

/** What a list is narrowed to. `limit`: at most so many, default all of them. */
type Filter<T> = Omit<T, 'limit' | 'after'> & { readonly limit?: number };

/** A request for one resource or several. */
export type ApprovalRequest = Omit<RequestBody, 'resources'> &
  Waiting &
  ChangeOptions & { readonly resource?: string; readonly resources?: readonly string[] };

export type ApprovalQuery = Filter<z.input<typeof approvalRoutes.list.query>>;
export type GrantQuery = { readonly active?: boolean; readonly limit?: number };

/** Milliseconds that a long history may take to replay. */
const SIMULATION_MAX_MS = 270_000;

export function createMcp(call: Call) {
  return {
    ...createRequesting(call),
    ...createDeciding(call),
    ...createConfiguring(call),
    ...createReading(call),
    ...createMetrics(call),
    ...createNotifications(call),
    ...createAlerts(call),
  };
}

/** For whoever needs access. */
function createRequesting(call: Call) {
  return {
    /**
     * Asks, and waits for the decision unless `waitFor` (ms) says less. Resolves with its status, whichever it is: `approved`,
     * `denied`, `expired`, `cancelled`, or `pending` when the time was over first.
     */
    requestApproval: (request: ApprovalRequest) => requestApproval(call, request),

    /** Waits for the decision on a request of one's own, over restarts of the server. */
    waitForDecision: (id: string, waiting?: Waiting) => waitForDecision(call, id, waiting),

    /** Withdraws a pending request. */
    cancel: (id: string, options?: ChangeOptions) =>
      call(approvalRoutes.cancel, { params: { id }, ...options }),

    /** "I'm done": gives back a grant of one's own. */
    releaseGrant: (id: string, options?: ChangeOptions) =>
      call(grantRoutes.release, { params: { id }, ...options }),

    /** What would happen if this were asked. Asks nobody. */
    explainAccess: (
      question: z.input<typeof explainRoute.query>,
      { signal }: CallOptions = {},
    ): Promise<WireExplanation> => call(explainRoute, { query: question, signal }),
  };
}

async function requestApproval(
  call: Call,
  { resource, resources = [], waitFor, signal, idempotencyKey, ...rest }: ApprovalRequest,
): Promise<WireAccess> {
  const named = resource === undefined ? [...resources] : [resource, ...resources];
  const body = { ...rest, resources: named };
  const asked = await call(approvalRoutes.request, { body, signal, idempotencyKey });
  if (asked.status !== 'pending' || waitFor === 0) return asked;
  return waitForDecision(call, asked.id, { waitFor, signal });
}

/** For people. */
function createDeciding(call: Call) {
  const respond = (
    id: string,
    decision: Decision,
    options?: ChangeOptions,
  ): Promise<WireApproval> =>
    call(approvalRoutes.decide, { params: { id }, body: decision, ...options });

  return {
    /** Decides as the person who owns the key. `digest` binds the decision to what was shown. */
    respond,
    /** `duration` and `resources` can only narrow what was asked for. */
    approve: (id: string, decision: Omit<Decision, 'action'> = {}, options?: ChangeOptions) =>
      respond(id, { ...decision, action: 'approve' }, options),
    /** A reason is required. */
    deny: (
      id: string,
      decision: Omit<Decision, 'action' | 'duration' | 'resources'>,
      options?: ChangeOptions,
    ) => respond(id, { ...decision, action: 'deny' }, options),
    /** Ends somebody's grant at once. */
    revokeGrant: (id: string, reason: string, options?: ChangeOptions) =>
      call(grantRoutes.revoke, { params: { id }, body: { reason }, ...options }),
  };
}

/** For operators. */
function createConfiguring(call: Call) {
  return {
    /** Merges into the policy of the pattern. `warnings` are worth reading: the policy holds all the same. */
    configureResource: (document: PolicyDocument, options?: ChangeOptions) =>
      call(policyRoutes.merge, { body: document, ...options }),
    /** Replaces the policy of the pattern; what is not named gets its default. */
    replaceResource: (document: PolicyDocument, options?: ChangeOptions) =>
      call(policyRoutes.replace, { body: document, ...options }),
    /** Replaces several policies at once, all of them or none; `dryRun` only says what would change. */
    applyPolicies: async (
      set: z.input<typeof policySetRoutes.apply.body>,
      options?: ChangeOptions,
    ) => (await call(policySetRoutes.apply, { body: set, ...options })).items,
    /** What would have happened to past requests under these policies. Changes nothing. */
    simulatePolicies: (
      proposal: z.input<typeof policySetRoutes.simulate.body>,
      { signal }: CallOptions = {},
    ) => call(policySetRoutes.simulate, { body: proposal, waitMs: SIMULATION_MAX_MS, signal }),
    /** The policies in force, by pattern. */
    listResources: ({ signal }: CallOptions = {}): Promise<WirePolicy[]> =>
      collect((cursor) => call(policyRoutes.list, { query: cursor, signal })),
  };
}

/** For everybody, as far as they may see. */
function createReading(call: Call) {
  return {
    /** Newest first. */
    listApprovals: (
      { limit, ...filter }: ApprovalQuery = {},
      { signal }: CallOptions = {},
    ): Promise<WireApproval[]> =>
      collect(
        (cursor) => call(approvalRoutes.list, { query: { ...filter, ...cursor }, signal }),
        limit,
      ),

    /** With its grant and, for people who decide, who may decide it. */
    getApproval: (id: string, { signal }: CallOptions = {}) =>
      call(approvalRoutes.show, { params: { id }, signal }),

    listGrants: (
      { limit, active }: GrantQuery = {},
      { signal }: CallOptions = {},
    ): Promise<WireGrant[]> => {
      const flag = active === undefined ? undefined : (`${active}` as const);
      return collect(
        (cursor) => call(grantRoutes.list, { query: { ...cursor, active: flag }, signal }),
        limit,
      );
    },

    auditLogs: createAuditLogs(call),
    /** What happens from now on, as it happens; ends with the signal. */
    followAudit: (query: FollowQuery = {}, following?: FollowOptions) =>
      followAudit(call, query, following),
    /** Checks the whole trail on this machine. For administrators and auditors. */
    verifyAudit: (verifying?: VerifyOptions) => verifyAudit(call, verifying),
  };
}
