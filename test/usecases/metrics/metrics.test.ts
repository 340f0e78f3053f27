/** Metrics of requests and decisions are correct and limited to what the viewer may see. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../../src/domain/approval.js';
import type { AccessMetrics, Span } from '../../../src/ports/index.js';
import { type Sql, sqlOn } from '../../../src/store/sql.js';
import type { Viewer } from '../../../src/usecases/authorization/viewer.js';
import { buildServices, refusalOf, type Services, unwrap } from '../../support/services.js';

const SINCE: Span = { since: new Date('2026-01-01T00:00:00Z') };

let services: Services;
let sql: Sql;
beforeAll(async () => {
  services = await buildServices();
  sql = sqlOn(services.database.dataSource);
  await services.policy({ permissions: ['read', 'list'] });
  const open = { requiresApproval: false, approvers: ['carol@example.com'] };
  await services.policy(open, 'vsecure://secrets/open/*');
  await services.policy({ approvers: ['dave@example.com'] }, 'vsecure://secrets/staging/*');
  const { caller: bobs } = await services.agent();
  const { caller: erins } = await services.agent('cursor', 'erin@example.com');
  for (const [n, seconds] of [1, 2, 10, 20, 100].entries())
    await decided(bobs, `production/A${n}`, 'approve', seconds);
  await decided(bobs, 'production/NO', 'deny', 4000);
  await decided(erins, 'staging/ONE', 'approve', 60);
  await asked(bobs, 'open/FREE');
  await asked(bobs, 'production/WAITS');
  const late = await asked(bobs, 'production/LATE');
  await sql(
    `update approval set created_at = clock_timestamp() - interval '2 hours', expires_at = clock_timestamp() - interval '1 hour'
     where id = $1`,
    [late.id],
  );
  await services.useCases.expireApprovals();
  const gone = await asked(bobs, 'production/GONE');
  unwrap(await services.useCases.cancelRequest(bobs, gone.id));
  const old = await asked(bobs, 'production/OLD');
  await sql(`update approval set created_at = '2025-12-31T23:59:59Z' where id = $1`, [old.id]);
});
afterAll(() => services.close());

type Caller = Services['admin'];

const asked = (caller: Caller, path: string): Promise<Approval> =>
  services.ask(caller, { resources: [`vsecure://secrets/${path}`] });

/** As if the decision had taken that long. */
async function decided(caller: Caller, path: string, verdict: 'approve' | 'deny', seconds: number) {
  const { id } = await asked(caller, path);
  const by = path.startsWith('staging') ? 'dave@example.com' : 'alice@example.com';
  const decider = await services.decider(by);
  unwrap(await services.useCases.decide(decider, { approval: id, verdict, reason: 'Because' }));
  await sql(
    `update approval set created_at = settled_at - $2::float8 * interval '1 s' where id = $1`,
    [id, seconds],
  );
}

const metrics = async (viewer: Viewer, span = SINCE): Promise<AccessMetrics> =>
  unwrap(await services.useCases.metrics(viewer, span));

const BOBS = {
  requests: 10,
  approved: 6,
  denied: 1,
  expired: 1,
  cancelled: 1,
  pending: 1,
  automatic: 1,
  decided: 6,
  hasty: 2,
  uses: 0,
};

test('metrics count requests, decisions, auto-approvals, and decisions made faster than a person can read', async () => {
  const { median, percentile95, ...counts } = await metrics(
    await services.person('bob@example.com'),
  );
  expect(counts).toEqual(BOBS);
  // Of 1, 2, 10, 20, 100 and 4000 seconds.
  expect(median).toBeCloseTo(15_000, -1);
  expect(percentile95).toBeCloseTo(3_025_000, -2);
});

test('metrics of an approver cover requests under their policies, and those of an admin everything', async () => {
  expect(await metrics(await services.person('alice@example.com'))).toMatchObject({
    requests: 9,
    decided: 6,
  });
  expect(await metrics(await services.person('dave@example.com'))).toMatchObject({
    requests: 1,
    decided: 1,
  });
  expect(await metrics(services.admin)).toMatchObject({ requests: 11, decided: 7 });
});

test('metrics of an unrelated person are empty, and have no times without decisions', async () => {
  const nothing = await metrics(await services.person('mallory@example.com'));
  expect(nothing).toMatchObject({ requests: 0, decided: 0, hasty: 0 });
  expect([nothing.median, nothing.percentile95]).toEqual([undefined, undefined]);
});

test('a metrics span includes its start and excludes its end', async () => {
  const until = new Date('2026-01-01T00:00:00Z');
  const before = { since: new Date('2025-01-01T00:00:00Z'), until };
  expect(await metrics(services.admin, before)).toMatchObject({ requests: 1, pending: 1 });
  expect(await metrics(services.admin, { since: until, until })).toMatchObject({ requests: 0 });
});

test('a key without the scope gets no metrics', async () => {
  const { caller } = await services.agent('another', 'bob@example.com');
  expect(refusalOf(await services.useCases.metrics(caller, SINCE))).toBe('not_allowed');
});

test('a human key sees the metrics of its owner, and an agent key only those of its own activity', async () => {
  const { caller: alice } = await services.human('alice@example.com');
  const events = unwrap(await services.useCases.queryAudit(alice, {}, { limit: 200 }));
  expect(events.seen).toBe('own');
  expect(events.items.some(({ type }) => type === 'access_granted')).toBe(true);
  const touched = new Set(events.items.flatMap(({ resources = [] }) => resources));
  expect([...touched].some((resource) => resource.includes('staging'))).toBe(false);

  const { caller: agent } = await services.agent('third', 'alice@example.com');
  await services.ask(agent, {});
  const own = unwrap(await services.useCases.queryAudit(agent, {}, { limit: 200 }));
  expect(new Set(own.items.map(({ principal }) => principal))).toEqual(
    new Set([agent.principal.id]),
  );
});
