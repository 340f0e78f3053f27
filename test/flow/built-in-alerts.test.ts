/** The built-in alerts, on histories of keys that are written with times of the past. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BuiltInRule } from '../../src/domain/alert.js';
import type { Caller } from '../../src/domain/rights.js';
import { buildServices, DATABASE_URL, type Services } from '../support/services.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let services: Services;
let agent: Caller;
let made = 0;
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/**');
});
beforeEach(async () => {
  made += 1;
  agent = (await services.agent(`agent-${made}`)).caller;
});
afterAll(() => services.close());

const sql = (text: string, parameters: unknown[]) =>
  services.database.dataSource.query(text, parameters);
const found = async (rule: BuiltInRule) => {
  await services.countOn();
  return (await services.store.alerts.findAnomalies(rule)).find(
    ({ subject, value, threshold }) => subject === agent.principal.name && value > threshold,
  );
};

/** Reads by the key, each so many ms ago; past the chain, whose links are another test's subject. */
async function read(...ago: readonly number[]): Promise<void> {
  await sql(
    `with head as (update audit_head set sequence = sequence + $3 returning sequence)
     insert into audit_event (sequence, at, canonical, hash)
     select head.sequence - $3 + n, clock_timestamp() - ago * interval '1 ms',
       jsonb_build_object('type', 'secret_read', 'principal', $1::text, 'resources', array['vsecure://secrets/production/KEY'])::text, sha256('')
     from head, unnest($2::float8[]) with ordinality as t(ago, n)`,
    [agent.principal.id, ago, ago.length],
  );
}

/** So many requests for the same, the first of them so long ago. */
async function asked(times: number, since: number): Promise<void> {
  const { id } = await services.ask(agent, { resources: [DATABASE_URL] });
  await sql(
    `insert into approval (id, principal_id, policy_id, policy_version, operation, resources, reason, duration_ms, digest, status,
       created_at, expires_at, settled_at, granted_ms)
     select 'appr_' || lpad(($4 * 1000 + n)::text, 22, '0'), principal_id, policy_id, policy_version, operation, resources, reason,
       duration_ms, digest, 'expired', clock_timestamp() - $3::float8 * interval '1 ms' + n * interval '1 minute',
       clock_timestamp() + interval '1 hour', clock_timestamp(), null
     from approval, generate_series(1, $2::int) as n where id = $1`,
    [id, times, since, made],
  );
}

const days = (count: number, each: (day: number) => readonly number[]) =>
  Array.from({ length: count }, (_, day) => each(day + 1)).flat();

test('a key with a history that requests a new resource raises an alert', async () => {
  await asked(20, 8 * DAY);
  expect(await found('novel_access')).toBeUndefined();
  await services.ask(agent, { resources: ['vsecure://secrets/payroll/KEY'] });
  expect(await found('novel_access')).toMatchObject({ value: 1, threshold: 0 });
});

test.each([
  ['too few requests', 18, 8 * DAY],
  ['too young a history', 30, 6 * DAY],
])('no novel-access alert fires with %s', async (_, times, since) => {
  await asked(times, since);
  await services.ask(agent, { resources: ['vsecure://secrets/payroll/KEY'] });
  expect(await found('novel_access')).toBeUndefined();
});

/** Five reads a day, all at one hour of the day. */
const office = (count: number, away: number) =>
  days(count, (day) => Array.from({ length: 5 }, () => day * DAY + away));

test('a read outside the key’s usual hours raises an alert', async () => {
  await read(...office(12, 6 * HOUR));
  expect(await found('unusual_hours')).toBeUndefined();
  await read(MINUTE / 60);
  expect(await found('unusual_hours')).toMatchObject({ value: 1, threshold: 0 });
});

test.each([
  ['an hour next to a usual one', office(12, HOUR)],
  ['a usual one', office(12, 0)],
  ['a short history', office(9, 6 * HOUR)],
  ['a history that is too long ago', office(12, 31 * DAY + 6 * HOUR)],
])('no unusual-hours alert fires in %s', async (_, history) => {
  await read(...history, 1);
  expect(await found('unusual_hours')).toBeUndefined();
});

test('a burst alert fires far above the key’s own rate, and above twenty', async () => {
  await read(...days(5, (day) => Array.from({ length: 12 }, () => day * DAY + HOUR)));
  await read(...Array.from({ length: 60 }, () => 1000));
  expect(await found('burst')).toBeUndefined();
  await read(1000);
  expect(await found('burst')).toMatchObject({ value: 61, threshold: 60 });
});

test('a key without a history raises no burst alert', async () => {
  await read(...Array.from({ length: 500 }, () => 1000));
  expect(await found('burst')).toBeUndefined();
});
