/** People, a policy and a pending approval that the tests of the rules begin with. */

import type { Pending } from '../../src/domain/approval.js';
import { HOUR } from '../../src/domain/limits.js';
import type { Person } from '../../src/domain/person.js';
import type { Policy, PolicyRules } from '../../src/domain/policy/policy.js';

export const NOW = new Date('2026-05-01T12:00:00Z');

export function person(name: string, changes: Partial<Person> = {}): Person {
  const email = `${name}@example.com`;
  return { id: `prsn_${name}`, email, role: 'member', active: true, slack: [], ...changes };
}

/** Alice, Carol and Dave may approve; an hour by default, eight at the most. */
export function policy(changes: Partial<PolicyRules> = {}): Policy {
  return {
    id: 'plcy_1',
    version: 1,
    uri: 'vsecure://secrets/production/*',
    name: 'Production',
    permissions: ['read'],
    requiresApproval: true,
    approvers: ['alice@example.com', 'carol@example.com', 'U0DAVE'],
    decideFrom: ['slack', 'dashboard', 'cli', 'api'],
    minApprovals: 1,
    allowSelfApproval: false,
    minReasonLength: 10,
    requireDecisionReason: false,
    defaultDuration: HOUR,
    maxDuration: 8 * HOUR,
    requestTtl: HOUR,
    listed: true,
    sensitivity: 'normal',
    mention: true,
    ...changes,
  };
}

/** Asked by a key of Bob's, for an hour. */
export function pending(changes: Partial<Pending> = {}): Pending {
  return {
    id: 'appr_1',
    principal: 'prin_1',
    policy: 'plcy_1',
    policyVersion: 1,
    operation: 'read',
    resources: ['vsecure://secrets/production/DATABASE_URL'],
    reason: 'Debugging the failing connection',
    duration: HOUR,
    digest: 'd'.repeat(64),
    requester: { name: 'claude-desktop', owner: 'prsn_bob', ownerEmail: 'bob@example.com' },
    timesRequested: 1,
    createdAt: new Date(NOW.getTime() - HOUR / 2),
    expiresAt: new Date(NOW.getTime() + HOUR / 2),
    status: 'pending',
    ...changes,
  };
}
