/** Card facts for pure tests: one request of bob's key, with each possible outcome. */

import type { Approval, Approved, Pending } from '../../src/domain/approval.js';
import type { Grant } from '../../src/domain/grant.js';
import type { Person } from '../../src/domain/person.js';
import type { Policy } from '../../src/domain/policy/policy.js';
import { type RequestRecord, type RiskFacts, riskSignals } from '../../src/domain/risk-signals.js';
import type { PolicyChangeRecord } from '../../src/ports/index.js';
import type { CardFacts } from '../../src/usecases/approvals/card-facts.js';

export const TEAM = 'T01ACME';
const T0 = new Date('2026-11-22T14:00:00Z');
const LATER = new Date('2026-11-22T14:05:00Z');
const HOUR = 3_600_000;

const ALICE: Person = {
  id: 'prsn_alice',
  email: 'alice@example.com',
  role: 'member',
  active: true,
  slack: [{ teamId: TEAM, userId: 'U01ALICE' }],
};
const CAROL: Person = { ...ALICE, id: 'prsn_carol', email: 'carol@example.com', slack: [] };
const BOB: Person = { ...ALICE, id: 'prsn_bob', email: 'bob@example.com', slack: [] };

const POLICY: Policy = {
  id: 'plcy_production',
  uri: 'vsecure://secrets/production/*',
  name: 'Production',
  version: 3,
  permissions: ['read'],
  requiresApproval: true,
  approvers: ['alice@example.com', 'carol@example.com'],
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
};

export const PENDING: Pending = {
  id: `appr_${'0123456789ABCDEFGHIJKL'}`,
  status: 'pending',
  principal: 'prin_claude',
  policy: POLICY.id,
  policyVersion: 3,
  operation: 'read',
  resources: ['vsecure://secrets/production/DATABASE_URL'],
  reason: 'Debugging the failing connection of the checkout service',
  duration: HOUR,
  claimedClient: 'Claude Desktop 2.1',
  digest: 'a1b2c3d4'.repeat(8),
  requester: { name: 'claude-desktop', owner: BOB.id, ownerEmail: BOB.email },
  timesRequested: 1,
  createdAt: T0,
  expiresAt: new Date(T0.getTime() + HOUR),
};

const GRANT: Grant = {
  id: 'grnt_one',
  approval: PENDING.id,
  principal: PENDING.principal,
  policy: POLICY.id,
  operation: 'read',
  resources: PENDING.resources,
  digest: PENDING.digest,
  status: 'active',
  startsAt: LATER,
  endsAt: new Date(LATER.getTime() + HOUR / 2),
  uses: 0,
};

const THREE = ['A', 'B', 'C'].map((name) => `vsecure://secrets/production/${name}`);

/** A key of some months that never asked for this. */
const RECORD: RequestRecord = {
  keyCreatedAt: new Date('2026-06-01T08:00:00Z'),
  requestedBefore: [],
  requestsInDay: 0,
  hours: { requests: 0, days: 0, near: 0 },
};
const SEEN: RequestRecord = { ...RECORD, requestedBefore: PENDING.resources };

/** The signals of a request with this record; without changes, those of `PENDING`. */
export const signalsOf = (record: Partial<RequestRecord> = {}, facts: Partial<RiskFacts> = {}) =>
  riskSignals({
    ...PENDING,
    words: [],
    hasWindows: false,
    record: { ...RECORD, ...record },
    secrets: { existing: PENDING.resources, missing: [], matched: [], atLeast: false },
    now: LATER,
    ...facts,
  });
const DAYS_AGO = new Date('2026-11-20T09:30:00Z');
const MINUTES_AGO = new Date('2026-11-22T13:45:00Z');

/** One change of the policy after the request. */
export const changeTo = (version: number, ...lines: readonly string[]): PolicyChangeRecord => ({
  policy: POLICY.id,
  version,
  uri: POLICY.uri,
  actor: 'root-laptop',
  lines,
  loosens: [],
});

/** The facts of an approval with the approvers alice and carol. */
export function factsOf(
  changes: Partial<CardFacts> & { readonly policyChanges?: Partial<Policy> } = {},
): CardFacts {
  const { policyChanges, ...facts } = changes;
  return {
    approval: PENDING,
    policy: { ...POLICY, ...policyChanges },
    digest: facts.approval?.digest ?? PENDING.digest,
    changes: [],
    signals: signalsOf(),
    approvers: ['alice@example.com', 'carol@example.com'],
    approverPeople: [ALICE, CAROL],
    owner: BOB,
    votes: [],
    now: LATER,
    ...facts,
  };
}

export const asking = (changes: Partial<Pending>): CardFacts =>
  factsOf({ approval: { ...PENDING, ...changes } });

type Settled = Exclude<Approval, { status: 'pending' }>;
const settled = (approval: Settled, more: Partial<CardFacts> = {}): CardFacts =>
  factsOf({ approval, settledBy: ALICE, ...more });
/** Auto-approved requests; `sizes` gives the number of resources of each. */
export const autoApproved = (...sizes: readonly number[]): readonly Approved[] =>
  sizes.map((size, place) => ({
    ...PENDING,
    id: `appr_${String(place).padStart(22, '0')}`,
    resources: THREE.slice(0, size),
    status: 'approved',
    settledAt: LATER,
    granted: HOUR,
    grantedResources: THREE.slice(0, size),
    autoReport: 'auto-approved: within Mon-Fri 09:00-17:00 America/Los_Angeles',
  }));
const byAlice = {
  settledAt: LATER,
  settledBy: { id: ALICE.id, email: ALICE.email },
  decisionReason: 'Known incident, half an hour is enough',
};
const approved: Approved = {
  ...PENDING,
  ...byAlice,
  status: 'approved',
  granted: HOUR / 2,
  grantedResources: PENDING.resources,
};
const ended = (status: Grant['status'], changes: Partial<Grant> = {}): CardFacts =>
  settled(approved, { grant: { ...GRANT, status, ...changes } });
const ENDED_AT = new Date(LATER.getTime() + HOUR / 4);

/** One example of each state of a card. */
export const EVERY_STATE: Record<string, CardFacts> = {
  pending: factsOf(),
  'pending with one vote of two': factsOf({
    policyChanges: { minApprovals: 2 },
    votes: [{ approval: PENDING.id, person: ALICE.id, verdict: 'approve', entryPoint: 'slack' }],
  }),
  'requested again': asking({ timesRequested: 4 }),
  'requested often': factsOf({ signals: signalsOf({ ...SEEN, requestsInDay: 12, usualInDay: 2 }) }),
  'requested before without a decision': factsOf({ signals: signalsOf(SEEN) }),
  'approved before': factsOf({
    signals: signalsOf({ ...SEEN, approved: { times: 6, last: DAYS_AGO } }),
  }),
  'denied before': factsOf({
    signals: signalsOf({
      ...SEEN,
      approved: { times: 1, last: DAYS_AGO },
      lastDenied: { at: MINUTES_AGO, by: 'bo@example.com' },
    }),
  }),
  'asked by a new key for something sensitive': factsOf({
    policyChanges: { sensitivity: 'high' },
    signals: signalsOf(
      { keyCreatedAt: MINUTES_AGO },
      {
        policyName: 'Payments',
        hasWindows: true,
        outsideWindows: ['Mon-Fri 09:00-18:00 Europe/Berlin'],
      },
    ),
  }),
  'asked for a pattern': factsOf({
    approval: { ...PENDING, resources: ['vsecure://secrets/production/*'] },
    signals: signalsOf(
      {},
      {
        resources: ['vsecure://secrets/production/*'],
        secrets: {
          existing: [],
          missing: [],
          matched: Array.from({ length: 14 }, (_, n) => `vsecure://secrets/production/KEY_${n}`),
          atLeast: false,
        },
      },
    ),
  }),
  'asked to change a secret': factsOf({
    approval: { ...PENDING, operation: 'write' },
    policyChanges: { permissions: ['write'] },
    signals: signalsOf(SEEN, { operation: 'write' }),
  }),
  'asked to delete': factsOf({
    approval: { ...PENDING, operation: 'delete', duration: HOUR / 4 },
    signals: signalsOf(
      { ...SEEN, otherAccess: { count: 2, until: new Date(LATER.getTime() + HOUR) } },
      { operation: 'delete' },
    ),
  }),
  'asked for a name that no secret has': factsOf({
    signals: signalsOf(
      {},
      {
        secrets: {
          existing: [],
          missing: [{ name: `${PENDING.resources[0]}S`, closest: PENDING.resources[0] }],
          matched: [],
          atLeast: false,
        },
      },
    ),
  }),
  'asked with hidden characters': factsOf({
    approval: { ...PENDING, reason: `Approved\u202E already by \u200Beverybody ✅` },
    signals: signalsOf({}, { words: ['\u202E \u200B'] }),
  }),
  'asked while the database is slow': factsOf({
    signals: signalsOf({}, { record: undefined, secrets: undefined }),
  }),
  'asked before the policy changed': factsOf({
    policyChanges: { version: 5, maxDuration: HOUR / 2 },
    digest: 'e5f6a7b8'.repeat(8),
    changes: [
      changeTo(4, 'maxDuration: 8h → 30m', 'minApprovals: 1 → 2'),
      changeTo(5, 'name: Production → Live'),
    ],
  }),
  'decided by another policy now': factsOf({
    approval: { ...PENDING, policy: 'plcy_other' },
    digest: 'e5f6a7b8'.repeat(8),
  }),
  'asked of several resources': factsOf({ approval: { ...PENDING, resources: THREE } }),
  'not auto-approved': asking({
    autoReport: 'not auto-approved: outside Mon-Fri 09:00-17:00 America/Los_Angeles',
  }),
  'asked of a user group': factsOf({ approvers: ['S01ONCALL', 'U01DAVE', 'alice@example.com'] }),
  'asked without ringing': factsOf({
    approvers: ['S01ONCALL', 'U01DAVE', 'alice@example.com'],
    policyChanges: { mention: false },
  }),
  'to be decided elsewhere': factsOf({ policyChanges: { decideFrom: ['cli', 'api'] } }),
  'without a policy': factsOf({ policy: undefined, approvers: [], approverPeople: [] }),
  approved: settled(approved, { grant: GRANT }),
  'approved by the policy': factsOf({
    approval: {
      ...PENDING,
      status: 'approved',
      settledAt: LATER,
      granted: HOUR,
      grantedResources: PENDING.resources,
      autoReport: 'auto-approved: within Mon-Fri 09:00-17:00 America/Los_Angeles',
    },
    grant: GRANT,
  }),
  'approved in part': settled(
    { ...approved, resources: THREE, grantedResources: THREE.slice(1) },
    { grant: { ...GRANT, resources: THREE.slice(1) } },
  ),
  revoked: {
    ...ended('revoked', { endReason: 'The incident is over', endedAt: ENDED_AT, uses: 3 }),
    endedBy: CAROL,
  },
  released: ended('released', { endedAt: ENDED_AT, uses: 1 }),
  'used up': ended('used_up', { uses: 2 }),
  ended: ended('expired'),
  denied: settled({ ...PENDING, ...byAlice, status: 'denied', sentBack: false }),
  'sent back': settled({ ...PENDING, ...byAlice, status: 'denied', sentBack: true }),
  expired: factsOf({ approval: { ...PENDING, status: 'expired', settledAt: LATER } }),
  cancelled: settled(
    { ...PENDING, ...byAlice, decisionReason: undefined, status: 'cancelled' },
    { settledBy: BOB },
  ),
};
