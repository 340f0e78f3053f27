/** `client.mcp`: approvals, grants, policies and the audit trail. */

import type { z } from 'zod';
import { approvalRoutes, type WireAccess, type WireApproval } from '../contract/approval.js';
import { explainRoute, type WireExplanation } from '../contract/explain.js';
import { grantRoutes, type WireGrant } from '../contract/grant.js';
import { policyRoutes, type WirePolicy } from '../contract/policy.js';
import type { PolicyDocument } from '../contract/policy-document.js';
import { policySetRoutes } from '../contract/policy-set.js';
import { createAlerts } from './alerts.js';
import { type AuditQuery, auditPages, createAuditLogs } from './audit-logs.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { exportAudit } from './export-audit.js';
import { type FollowOptions, type FollowQuery, followAudit } from './follow-audit.js';
import { createMetrics } from './metrics.js';
import { createNotifications } from './notifications.js';
import { collect } from './pages.js';
import { type VerifyOptions, verifyAudit } from './verify-audit.js';
import { type Waiting, waitForDecision } from './wait-for-decision.js';

type RequestBody = z.input<typeof approvalRoutes.request.body>;
export type Decision = z.input<typeof approvalRoutes.decide.body>;

/** Filters a list. `limit`: maximum number of results, default all. */
type Filter<T> = Omit<T, 'limit' | 'after'> & { readonly limit?: number };

/** A request for one resource or several. */
export type ApprovalRequest = Omit<RequestBody, 'resources'> &
  Waiting &
  ChangeOptions & { readonly resource?: string; readonly resources?: readonly string[] };

export type ApprovalQuery = Filter<z.input<typeof approvalRoutes.list.query>>;
export type GrantQuery = { readonly active?: boolean; readonly limit?: number };

/** Milliseconds that a simulation over a long history may take. */
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

/** Methods for callers that need access. */
function createRequesting(call: Call) {
  return {
    /**
     * Requests access and waits for the decision, for at most `waitFor` milliseconds if given. Resolves with the approval in any
     * status: `approved`, `denied`, `expired`, `cancelled`, or `pending` when `waitFor` ended first.
     */
    requestApproval: (request: ApprovalRequest) => requestApproval(call, request),

    /** Waits for the decision on one of the caller's own requests, even if the server restarts. */
    waitForDecision: (id: string, waiting?: Waiting) => waitForDecision(call, id, waiting),

    /** Cancels a pending request. */
    cancel: (id: string, options?: ChangeOptions) =>
      call(approvalRoutes.cancel, { params: { id }, ...options }),

    /** Releases one of the caller's own grants: "I'm done". */
    releaseGrant: (id: string, options?: ChangeOptions) =>
      call(grantRoutes.release, { params: { id }, ...options }),

    /** Explains what would happen if this access were requested. Creates no request. */
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

/** Methods for people who decide. */
function createDeciding(call: Call) {
  const respond = (
    id: string,
    decision: Decision,
    options?: ChangeOptions,
  ): Promise<WireApproval> =>
    call(approvalRoutes.decide, { params: { id }, body: decision, ...options });

  return {
    /** Decides as the person who owns the key. `digest` binds the decision to the request as it was shown. */
    respond,
    /** Approves a request. `duration` and `resources` can only narrow what was requested. */
    approve: (id: string, decision: Omit<Decision, 'action'> = {}, options?: ChangeOptions) =>
      respond(id, { ...decision, action: 'approve' }, options),
    /** Denies a request. A reason is required. */
    deny: (
      id: string,
      decision: Omit<Decision, 'action' | 'duration' | 'resources'>,
      options?: ChangeOptions,
    ) => respond(id, { ...decision, action: 'deny' }, options),
    /** Revokes a grant immediately. */
    revokeGrant: (id: string, reason: string, options?: ChangeOptions) =>
      call(grantRoutes.revoke, { params: { id }, body: { reason }, ...options }),
  };
}

/** Methods for operators. */
function createConfiguring(call: Call) {
  return {
    /** Merges into the policy of the pattern. Read `warnings`: the policy takes effect in spite of them. */
    configureResource: (document: PolicyDocument, options?: ChangeOptions) =>
      call(policyRoutes.merge, { body: document, ...options }),
    /** Replaces the policy of the pattern. Absent fields get their defaults. */
    replaceResource: (document: PolicyDocument, options?: ChangeOptions) =>
      call(policyRoutes.replace, { body: document, ...options }),
    /** Replaces several policies in one transaction: all or none. With `dryRun`, only reports what would change. */
    applyPolicies: async (
      set: z.input<typeof policySetRoutes.apply.body>,
      options?: ChangeOptions,
    ) => (await call(policySetRoutes.apply, { body: set, ...options })).items,
    /** Simulates past requests under these policies. Changes nothing. */
    simulatePolicies: (
      proposal: z.input<typeof policySetRoutes.simulate.body>,
      { signal }: CallOptions = {},
    ) => call(policySetRoutes.simulate, { body: proposal, waitMs: SIMULATION_MAX_MS, signal }),
    /** Lists the policies, ordered by pattern. */
    listResources: ({ signal }: CallOptions = {}): Promise<WirePolicy[]> =>
      collect((cursor) => call(policyRoutes.list, { query: cursor, signal })),
  };
}

/** Methods that read. They return only what the caller may see. */
function createReading(call: Call) {
  return {
    /** Lists approvals, newest first. */
    listApprovals: (
      { limit, ...filter }: ApprovalQuery = {},
      { signal }: CallOptions = {},
    ): Promise<WireApproval[]> =>
      collect(
        (cursor) => call(approvalRoutes.list, { query: { ...filter, ...cursor }, signal }),
        limit,
      ),

    /** Gets one approval with its grant. Callers who can decide also see the approvers. */
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
    /** The same list as `auditLogs`, page by page. A page may be empty. */
    auditPages: (query?: AuditQuery, options?: CallOptions) => auditPages(call, query, options),
    /** Yields new audit events as they happen, until the signal aborts. */
    followAudit: (query: FollowQuery = {}, following?: FollowOptions) =>
      followAudit(call, query, following),
    /** Yields the trail as it was hashed, oldest event first. For administrators and auditors. */
    exportAudit: (options?: CallOptions) => exportAudit(call, options),
    /** Verifies the whole audit trail on this machine. For administrators and auditors. */
    verifyAudit: (verifying?: VerifyOptions) => verifyAudit(call, verifying),
  };
}
