/** `client.mcp`: approvals, grants, policies and the audit trail. */

import type { z } from 'zod';
import { approvalRoutes, type WireAccess, type WireApproval } from '../contract/approval.js';
import { auditRoute, type WireAuditEvent } from '../contract/audit.js';
import { explainRoute } from '../contract/explain.js';
import { grantRoutes, type WireGrant } from '../contract/grant.js';
import { policyRoutes, type WirePolicy } from '../contract/policy.js';
import type { PolicyDocument } from '../contract/policy-document.js';
import { policySetRoutes } from '../contract/policy-set.js';
import type { Call } from './call.js';
import { collect } from './pages.js';
import { type Waiting, waitForDecision } from './waiting.js';

type Ask = z.input<typeof approvalRoutes.request.body>;
type Decision = z.input<typeof approvalRoutes.decide.body>;

/** What a list is narrowed to. `limit`: at most so many, default all of them. */
type Filter<T> = Omit<T, 'limit' | 'after'> & { readonly limit?: number };

/** A request for one resource or several. */
export type ApprovalRequest = Omit<Ask, 'resources'> &
  Waiting & { readonly resource?: string; readonly resources?: readonly string[] };

export type AuditQuery = Filter<z.input<typeof auditRoute.query>>;
export type ApprovalQuery = Filter<z.input<typeof approvalRoutes.list.query>>;
export type GrantQuery = { readonly active?: boolean; readonly limit?: number };

/** Milliseconds that a long history may take to replay. */
const REPLAY_MAX = 270_000;

export function createMcp(call: Call) {
  const respond = (id: string, decision: Decision): Promise<WireApproval> =>
    call(approvalRoutes.decide, { params: { id }, body: decision });

  return {
    /** Asks, and waits for the decision unless `waitFor` (ms) says less. Resolves with its status, whichever it is. */
    async requestApproval(request: ApprovalRequest): Promise<WireAccess> {
      const { resource, resources = [], waitFor, signal, ...rest } = request;
      const named = resource === undefined ? [...resources] : [resource, ...resources];
      const asked = await call(approvalRoutes.request, {
        body: { ...rest, resources: named },
        signal,
      });
      if (asked.status !== 'pending' || waitFor === 0) return asked;
      return waitForDecision(call, asked.id, { waitFor, signal });
    },

    /** Waits for the decision on a request of one's own. */
    waitForDecision: (id: string, waiting?: Waiting) => waitForDecision(call, id, waiting),

    listApprovals: ({ limit, ...filter }: ApprovalQuery = {}): Promise<WireApproval[]> =>
      collect((cursor) => call(approvalRoutes.list, { query: { ...filter, ...cursor } }), limit),

    getApproval: (id: string) => call(approvalRoutes.show, { params: { id } }),

    /** Decides as the person who owns the key. `digest` binds the decision to what was shown. */
    respond,
    approve: (id: string, decision: Omit<Decision, 'action'> = {}) =>
      respond(id, { ...decision, action: 'approve' }),
    deny: (id: string, decision: Omit<Decision, 'action' | 'duration' | 'resources'>) =>
      respond(id, { ...decision, action: 'deny' }),

    /** Withdraws a pending request. */
    cancel: (id: string) => call(approvalRoutes.cancel, { params: { id } }),

    /** Merges into the policy of the pattern. */
    configureResource: (document: PolicyDocument) => call(policyRoutes.merge, { body: document }),
    /** Replaces the policy of the pattern; what is not named gets its default. */
    replaceResource: (document: PolicyDocument) => call(policyRoutes.replace, { body: document }),
    /** Replaces several policies at once, all of them or none; `dryRun` only says what would change. */
    applyPolicies: async (set: z.input<typeof policySetRoutes.apply.body>) =>
      (await call(policySetRoutes.apply, { body: set })).items,
    /** What would have happened to past requests under these policies. Changes nothing. */
    simulatePolicies: (proposal: z.input<typeof policySetRoutes.simulate.body>) =>
      call(policySetRoutes.simulate, { body: proposal, waitMs: REPLAY_MAX }),
    /** What would happen if this were asked. Asks nobody. */
    explainAccess: (question: z.input<typeof explainRoute.query>) =>
      call(explainRoute, { query: question }),
    listResources: async (): Promise<WirePolicy[]> => (await call(policyRoutes.list)).items,

    listGrants: ({ limit, active }: GrantQuery = {}): Promise<WireGrant[]> => {
      const flag = active === undefined ? undefined : (`${active}` as const);
      return collect(
        (cursor) => call(grantRoutes.list, { query: { ...cursor, active: flag } }),
        limit,
      );
    },
    /** "I'm done": gives back a grant of one's own. */
    releaseGrant: (id: string) => call(grantRoutes.release, { params: { id } }),
    revokeGrant: (id: string, reason: string) =>
      call(grantRoutes.revoke, { params: { id }, body: { reason } }),

    /** What happened, newest first. */
    auditLogs: ({ limit, ...filter }: AuditQuery = {}): Promise<WireAuditEvent[]> =>
      collect((cursor) => call(auditRoute, { query: { ...filter, ...cursor } }), limit),
  };
}
