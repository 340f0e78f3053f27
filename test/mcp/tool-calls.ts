/** Stub use cases for tests of the protocol. A test passes the ones it needs; a call of any other fails the test. */

import type { Approval } from '../../src/domain/approval.js';
import { ok } from '../../src/domain/result.js';
import type { Caller } from '../../src/domain/rights.js';
import type { McpParts } from '../../src/mcp/server.js';

const unexpected = () => Promise.reject(new Error('this use case was not expected to be called'));

const untilAborted: McpUseCases['manageSubscriptions']['follow'] = (
  _caller,
  _session,
  { signal },
) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(ok(undefined)));
  });

type McpUseCases = McpParts['useCases'];

export function stubUseCases(given: Partial<McpUseCases> = {}): McpUseCases {
  return {
    askToolUser: { newId: () => 'ask_1', ask: unexpected, answer: unexpected },
    listSecrets: unexpected,
    describeSecret: unexpected,
    viewApprovals: { one: unexpected, list: unexpected, grants: unexpected },
    explainAccess: unexpected,
    requestAccess: unexpected,
    waitForDecision: unexpected,
    followApproval: unexpected,
    // Clients of older protocols always open a stream.
    manageSubscriptions: {
      newSession: () => `sess_${'0'.repeat(22)}`,
      add: unexpected,
      remove: unexpected,
      follow: untilAborted,
    },
    cancelRequest: unexpected,
    readSecret: unexpected,
    changeSecret: {
      create: unexpected,
      update: unexpected,
      rotate: unexpected,
      delete: unexpected,
    },
    releaseGrant: unexpected,
    queryAudit: unexpected,
    reviewKeys: unexpected,
    ...given,
  };
}

/** A caller with every scope that an agent can have. */
export function agentCaller(name: string): Caller {
  const owner = 'prsn_bob';
  const scopes = ['access:request', 'secrets:list', 'grants:use', 'audit:read'] as const;
  const principal = { id: `prin_${name}`, name, class: 'agent', owner } as const;
  return {
    principal,
    key: {
      id: name,
      principal: principal.id,
      class: 'agent',
      scopes,
      hint: 'abcd',
      createdAt: new Date(0),
    },
    owner: { id: owner, email: 'bob@example.com', role: 'member', active: true, slack: [] },
    scopes: new Set(scopes),
  };
}

export const APPROVAL_ID = 'appr_0123456789abcdefghijkl';
export const GRANT_ID = 'grnt_0123456789abcdefghijkl';
export const SECRET = 'vsecure://secrets/production/DATABASE_URL';

export function pendingApproval(caller: Caller): Approval {
  return {
    id: APPROVAL_ID,
    principal: caller.principal.id,
    policy: 'plcy_1',
    policyVersion: 1,
    operation: 'read',
    resources: [SECRET],
    reason: 'Debugging the failing database connection',
    duration: 3_600_000,
    digest: 'd',
    requester: { name: caller.principal.name, owner: 'prsn_bob', ownerEmail: 'bob@example.com' },
    timesRequested: 1,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    expiresAt: new Date('2026-01-01T01:00:00Z'),
    status: 'pending',
  };
}
