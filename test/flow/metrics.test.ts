/** Numbers over a period: exact to the event, of what the viewer may see, whether it has been counted before or not. */

import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';
import type { AuditEvent } from '../../src/domain/audit-event.js';
import { canonicalEvent } from '../../src/domain/audit-event.js';
import { ownVisibility } from '../../src/domain/visibility.js';
import type { MetricQuery } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { countUses } from '../../src/store/use-counts.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';

const REDIS = 'vsecure://secrets/production/REDIS_URL';
const STAGING = 'vsecure://secrets/staging/KEY';

let services: Services;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy(
    { requiresApproval: false, approvers: ['carol@example.com'] },
    'vsecure://secrets/staging/*',
  );
  for (const path of [DATABASE_URL, REDIS, STAGING]) await services.secret('value', path);
});
afterAll(() => services.close());

type Asked = Parameters<Services['useCases']['measure']>[1];
const measured = async (asked: Asked, caller = services.admin) =>
  unwrap(await services.useCases.measure(caller, asked));

async function reads(key: string, resource: string, times: number) {
  const { caller } = await services.agent(key);
  const { id, status } = await services.ask(caller, { resources: [resource] });
  const decider = await services.decider('alice@example.com');
  if (status === 'pending')
    unwrap(await services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
  for (let count = 0; count < times; count += 1)
    unwrap(await services.useCases.readSecret(caller, { resource }));
}

test('uses, requests, refusals and times are counted in total and in groups', async () => {
  await reads('one', DATABASE_URL, 3);
  await services.countOn();
  await reads('two', REDIS, 2);
  await reads('three', STAGING, 1);
  const { caller } = await services.agent('four');
  const { id } = await services.ask(caller);
  const decider = await services.decider('alice@example.com');
  unwrap(await services.useCases.decide(decider, { approval: id, verdict: 'deny', reason: 'no' }));

  const hour = { periodMs: 3_600_000 };
  const operation = 'read';
  expect(await measured({ metric: 'access_count', ...hour, operation })).toMatchObject({
    count: 6,
  });
  expect(
    (await measured({ metric: 'access_count', ...hour, operation, groupBy: 'resource' })).series,
  ).toEqual([
    { name: DATABASE_URL, count: 3 },
    { name: REDIS, count: 2 },
    { name: STAGING, count: 1 },
  ]);
  const narrowed = { metric: 'access_count', ...hour, operation } as const;
  expect((await measured({ ...narrowed, key: 'two' })).count).toBe(2);
  expect((await measured({ ...narrowed, resource: 'vsecure://secrets/production/*' })).count).toBe(
    5,
  );
  expect(await measured({ metric: 'request_count', ...hour })).toMatchObject({ count: 4 });
  expect((await measured({ metric: 'request_count', ...hour, groupBy: 'outcome' })).series).toEqual(
    [
      { name: 'approved', count: 3 },
      { name: 'denied', count: 1 },
    ],
  );
  expect((await measured({ metric: 'denied_count', ...hour })).count).toBe(1);
  expect((await measured({ metric: 'auto_approved_count', ...hour })).count).toBe(1);
  const times = await measured({ metric: 'time_to_decision', ...hour, groupBy: 'key' });
  expect(times.count).toBe(3);
  expect(times.median).toBeGreaterThan(0);
  expect(times.series?.map(({ name }) => name)).toEqual(['four', 'one', 'two']);
  expect((await measured({ metric: 'request_count', resource: REDIS })).count).toBe(1);
  expect(
    (
      await measured({
        metric: 'request_count',
        since: new Date(Date.now() + 60_000),
        until: new Date(Date.now() + 120_000),
      })
    ).count,
  ).toBe(0);
});

describe('visibility of metrics', () => {
  test('an approver sees metrics of their policies, and every person those of their own keys', async () => {
    const alice = (await services.human('alice@example.com')).caller;
    const asked = { metric: 'access_count', operation: 'read', groupBy: 'resource' } as const;
    expect((await measured(asked, alice)).series?.map(({ name }) => name)).toEqual([
      DATABASE_URL,
      REDIS,
    ]);
    const eve = (await services.human('eve@example.com')).caller;
    expect(await measured(asked, eve)).toMatchObject({ count: 0, series: [] });
    expect(await measured({ metric: 'request_count' }, eve)).toMatchObject({ count: 0 });
    const bob = (await services.human('bob@example.com')).caller;
    expect((await measured(asked, bob)).count).toBe(6);
  });

  test('the comparison detects counts that ignore the visibility', async () => {
    const blind = { ...ownVisibility(true, []) };
    const since = new Date(0);
    const query: MetricQuery = { metric: 'access_count', since, operation: 'read' };
    const eve = await services.person('eve@example.com');
    expect(await services.store.metrics.measure(ownVisibility(false, [], eve.id), query)).toEqual({
      count: 0,
    });
    expect(await services.store.metrics.measure(blind, query)).toEqual({ count: 6 });
  });

  test('requests are counted and listed by one rule: the policy that decides now, not the one of the request', async () => {
    const other = await buildServices();
    const escalated = { escalateTo: ['dora@example.com'], escalateAfter: 60_000 };
    await other.policy({ approvers: ['alice@example.com'], ...escalated });
    const { caller } = await other.agent('asker');
    await other.ask(caller, { resources: [DATABASE_URL] });
    await other.ask(caller, { resources: [REDIS] });
    await other.policy({ approvers: ['carol@example.com'] }, REDIS);
    const sql = sqlOn(other.database.dataSource);
    const keyOf = async (email: string) => (await other.human(email)).caller;
    const counts = async (viewer: Awaited<ReturnType<typeof keyOf>>) => {
      const listed = unwrap(await other.useCases.viewApprovals.list(viewer, {}, { limit: 50 }));
      const { count } = unwrap(
        await other.useCases.measure(viewer, { metric: 'request_count', groupBy: 'key' }),
      );
      const { requests } = unwrap(await other.useCases.metrics(viewer, { since: new Date(0) }));
      return [listed.items.length, count, requests];
    };
    const dora = await keyOf('dora@example.com');
    expect(await counts(await keyOf('alice@example.com'))).toEqual([1, 1, 1]);
    expect(await counts(await keyOf('carol@example.com'))).toEqual([1, 1, 1]);
    expect(await counts(dora)).toEqual([0, 0, 0]);
    await sql(`update approval set created_at = created_at - interval '2 minutes'`);
    expect(await counts(dora)).toEqual([1, 1, 1]);
    expect(await counts(await keyOf('eve@example.com'))).toEqual([0, 0, 0]);
    await other.close();
  });

  test('an agent key sees no metrics', async () => {
    const { caller } = await services.agent('nosy');
    const refused = await services.useCases.measure(caller, { metric: 'access_count' });
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
    expect(await services.useCases.readGauges(caller)).toMatchObject({ ok: false });
  });
});

/** Events of the past, on a chain of their own. */
async function past(db: Services, at: readonly Date[]): Promise<void> {
  const sql = sqlOn(db.database.dataSource);
  const [head] = await sql<{ sequence: string; hash: Buffer }>(
    'select sequence, hash from audit_head',
  );
  let sequence = Number(head?.sequence ?? 0);
  let hash: Uint8Array = head?.hash ?? Buffer.alloc(32);
  const event: AuditEvent = {
    type: 'secret_read',
    actor: { kind: 'key', id: 'prin_past', name: 'past' },
    resources: [DATABASE_URL],
    operation: 'read',
  };
  for (const one of at) {
    sequence += 1;
    const canonical = canonicalEvent(event, sequence, one.toISOString());
    hash = chainHash.next(hash, sequence, canonical);
    await sql('insert into audit_event (sequence, at, canonical, hash) values ($1, $2, $3, $4)', [
      sequence,
      one,
      canonical,
      hash,
    ]);
  }
  await sql('update audit_head set sequence = $1, hash = $2', [sequence, hash]);
}

test('metrics are exact for every span, regardless of how far events are rolled up', async () => {
  const other = await buildServices();
  const start = Date.UTC(2026, 0, 5, 10);
  const at = Array.from({ length: 300 }, (_, place) => new Date(start + place * 97_000));
  await past(other, at.slice(0, 120));
  await other.countOn();
  await past(other, at.slice(120));
  const sql = sqlOn(other.database.dataSource);
  const edges = [
    start,
    start + 3_600_000,
    start + 7_200_000,
    start + 97_000,
    start + 97_000 * 119,
    start + 97_000 * 120,
  ];
  for (let round = 0; round < 60; round += 1) {
    if (round === 30) await Promise.all([other.countOn(), other.countOn()]);
    const pick = () =>
      new Date(edges[randomInt(edges.length * 2)] ?? start + randomInt(300 * 97_000));
    const [since, until] = [pick(), pick()].sort((a, b) => a.getTime() - b.getTime());
    if (!since || !until) throw new Error('no span');
    const uses = await countUses(sql, ownVisibility(true, []), {
      since,
      until,
    });
    const expected = at.filter((one) => one >= since && one < until).length;
    expect(
      uses.reduce((all, { count }) => all + count, 0),
      `${since.toISOString()} ${until.toISOString()}`,
    ).toBe(expected);
  }
  await other.close();
});
