/** A proposed set of policies is replayed over past requests before it is applied. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../../src/domain/approval.js';
import { HOUR } from '../../../src/domain/limits.js';
import type { Caller } from '../../../src/domain/rights.js';
import type { PolicyChanges, PolicyWrite } from '../../../src/usecases/policies/policy-write.js';
import type { Proposal } from '../../../src/usecases/policies/simulate-policies.js';
import { windowOf } from '../../domain/policy-fixture.js';
import {
  buildServices,
  PRODUCTION,
  refusalOf,
  type Services,
  unwrap,
} from '../../support/services.js';

const OPEN = 'vsecure://secrets/open/*';
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

let services: Services;
let bob: Caller;
let carol: Caller;
const ids: Record<string, ApprovalId> = {};

beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({ requiresApproval: false }, OPEN);
  bob = (await services.agent('bobs-tool', 'bob@example.com')).caller;
  carol = (await services.agent('carols-tool', 'carol@example.com')).caller;
  await ask('pending', bob, 'production/PENDING');
  await ask('denied', bob, 'production/DENIED');
  await ask('approved', carol, 'production/APPROVED');
  await ask('open', carol, 'open/KEY');
  await ask('long', carol, 'open/LONG', { duration: 4 * HOUR, reason: '' });
  const alice = await services.decider('alice@example.com');
  const decide = (id: ApprovalId | undefined, verdict: 'approve' | 'deny') =>
    services.useCases.decide(alice, {
      approval: id ?? 'appr_',
      verdict,
      reason: 'as it should be',
    });
  unwrap(await decide(ids['denied'], 'deny'));
  unwrap(await decide(ids['approved'], 'approve'));
});
afterAll(() => services.close());

async function ask(name: string, caller: Caller, path: string, more = {}) {
  const resources = [`vsecure://secrets/${path}`];
  ids[name] = (await services.ask(caller, { resources, ...more })).id;
}

const put = (uri: string, changes: PolicyChanges = {}): PolicyWrite => ({
  uri,
  changes: { approvers: ['alice@example.com'], ...changes },
  mode: 'replace',
});

const simulate = async (writes: readonly PolicyWrite[], more: Partial<Proposal> = {}) => {
  const proposal = { writes, since: LONG_AGO, ...more };
  const { changes, ...counts } = unwrap(
    await services.useCases.simulatePolicies(services.admin, proposal),
  );
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const turns = changes.map(({ approval, recorded, proposed, code }) =>
    [names.get(approval), recorded, code ?? proposed].join(' '),
  );
  return { ...counts, turns: turns.sort() };
};

test('replaying the policies in force changes nothing', async () => {
  const nothing = { replayed: 5, unchanged: 5, turns: [], unlisted: 0 };
  expect(await simulate([])).toMatchObject(nothing);
  expect(await simulate([put(PRODUCTION)])).toMatchObject(nothing);
  expect(await simulate([], { since: new Date(Date.now() + HOUR) })).toMatchObject({ replayed: 0 });
});

test('a simulation lists requests that would be granted without a person, and those of them that a person denied', async () => {
  expect(await simulate([put(PRODUCTION, { requiresApproval: false })])).toMatchObject({
    replayed: 5,
    unchanged: 2,
    askedToGranted: 3,
    grantedThoughDenied: 1,
    grantedToAsked: 0,
    refused: 0,
    turns: ['approved asked granted', 'denied asked granted', 'pending asked granted'],
  });
});

test('a simulation lists requests that would go to a person or be refused', async () => {
  const shorter = put(OPEN, { maxDuration: HOUR });
  expect(await simulate([shorter])).toMatchObject({
    grantedToAsked: 1,
    refused: 1,
    turns: ['long granted reason_missing', 'open granted asked'],
  });
  const later = put(OPEN, { requireReason: false, maxDuration: HOUR });
  expect((await simulate([later])).turns).toEqual([
    'long granted duration_too_long',
    'open granted asked',
  ]);
  const others = put(PRODUCTION, { requesters: ['bobs-tool'] });
  expect((await simulate([others])).turns).toEqual(['approved asked not_a_requester']);
  expect((await simulate([put(PRODUCTION, { approvers: [] })])).turns).toContain(
    'pending asked approvers_missing',
  );
});

test('with prune a simulation uses only the proposed set; without it, also the other policies in force', async () => {
  const broad = put('vsecure://secrets/**');
  expect((await simulate([broad])).turns).toEqual([]);
  expect((await simulate([broad], { prune: true })).turns).toEqual([
    'long granted reason_missing',
    'open granted asked',
  ]);
  expect((await simulate([put(OPEN)], { prune: true })).turns).toContain('denied asked no_policy');
  const narrower = put('vsecure://secrets/production/DENIED', { requiresApproval: false });
  expect((await simulate([narrower])).turns).toEqual(['denied asked granted']);
});

test('a simulation evaluates conditions at the time of the request', async () => {
  const at = (id: string | undefined, moment: string) =>
    services.database.dataSource.query('update approval set created_at = $2 where id = $1', [
      id,
      moment,
    ]);
  await at(ids['pending'], '2026-05-01T18:00:00Z');
  await at(ids['denied'], '2026-05-02T18:00:00Z');
  const timeWindow = [windowOf('Mon-Fri 09:00-17:00 PST')];
  const conditions = { timeWindow, requester: ['bobs-tool'] };
  const hours = put(PRODUCTION, { autoApprove: { enabled: true, conditions } });
  expect((await simulate([hours])).turns).toEqual(['pending asked granted']);
  const since = new Date('2026-05-02T00:00:00Z');
  expect(await simulate([hours], { since })).toMatchObject({ askedToGranted: 0 });
});

describe('a long history', () => {
  test('a long history is replayed page by page; every denied request is listed, and a thousand of the others', async () => {
    const copy = (id: string | undefined, prefix: string, many: number) =>
      services.database.dataSource.query(
        `insert into approval (id, principal_id, policy_id, policy_version, operation, resources, reason, duration_ms,
           digest, status, created_at, expires_at, settled_at, settled_by, decision_reason, granted_ms, granted_resources)
         select $2 || lpad(n::text, 20, '0'), principal_id, policy_id, policy_version, operation, resources, reason,
           duration_ms, digest, status, created_at, expires_at, settled_at, settled_by, decision_reason, granted_ms, granted_resources
         from approval, generate_series(1, $3::int) n where id = $1`,
        [id, prefix, many],
      );
    await copy(ids['approved'], 'appr_aa', 1200);
    await copy(ids['denied'], 'appr_zz', 30);
    const found = await simulate([put(PRODUCTION, { requiresApproval: false })]);
    expect(found).toMatchObject({
      replayed: 1235,
      askedToGranted: 1233,
      grantedThoughDenied: 31,
      unlisted: 202,
    });
    expect(found.turns).toHaveLength(1031);
  });
});

test('a simulation needs resources:manage, changes no policy, and refuses an invalid set', async () => {
  const proposal = { writes: [put(PRODUCTION)], since: LONG_AGO };
  expect(refusalOf(await services.useCases.simulatePolicies(bob, proposal))).toBe('not_allowed');
  const wrong = [
    [put('vsecure://secrets/**/a')],
    [put(OPEN), put(OPEN)],
    [put(OPEN, { minApprovals: 2 })],
  ];
  for (const writes of wrong) {
    const answer = await services.useCases.simulatePolicies(services.admin, {
      ...proposal,
      writes,
    });
    expect(refusalOf(answer)).toMatch(/^invalid_/);
  }
  const versions = unwrap(await services.useCases.showPolicies(services.admin));
  expect(versions.map(({ version }) => version)).toEqual([1, 1]);
});
