/** A database of the last release, with rows in every table, is migrated to the current schema, and the product works on it. */

import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VSecureClient } from '../../src/sdk/index.js';
import { migrate, schemaState } from '../../src/store/migrate.js';
import {
  AUTOMATIC,
  FAKE_KEYS,
  fakeToken,
  fillDatabase,
  MASTER_KEY,
  REMOVED,
  STAGING,
  TWO_VOTES,
} from '../fixtures/fill-database.js';
import { startServing } from '../http/serving.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import {
  buildServices,
  DATABASE_URL,
  PRODUCTION,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';
import { exportTrail, firstFault, type Row } from './trail.js';

/** Made by `../fixtures/make-dump.ts`, which says how to make the next one. */
const DUMP = '../fixtures/schema-0013.sql';

/** Every table of the schema with its number of rows, but for the list of migrations. */
async function rowCounts(dataSource: DataSource): Promise<ReadonlyMap<string, number>> {
  const tables: { name: string }[] = await dataSource.query(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migration'`,
  );
  const counts = tables.map(async ({ name }) => {
    const [row] = await dataSource.query(`select count(*)::int as count from "${name}"`);
    return [name, row.count] as const;
  });
  return new Map(await Promise.all(counts));
}

const emptyTables = async (dataSource: DataSource) =>
  [...(await rowCounts(dataSource))].flatMap(([name, count]) => (count === 0 ? [name] : []));

test('the program that makes the dump fills every table of the current schema', async () => {
  const services = await fillDatabase(await testDatabase());
  expect(await emptyTables(services.database.dataSource)).toEqual([]);
  await services.close();
});

describe('a database of the last release that is migrated', () => {
  let database: TestDatabase;
  let services: Services;
  let before: ReadonlyMap<string, number>;
  const sql = (text: string, parameters: unknown[] = []) =>
    database.dataSource.query(text, parameters);

  beforeAll(async () => {
    database = await testDatabase();
    await sql('drop schema public cascade; create schema public');
    await loadDump(database);
    before = await rowCounts(database.dataSource);
    await migrate(database.dataSource);
    // The dump is older than every request and grant in it may live.
    await sql(
      `update approval set expires_at = clock_timestamp() + interval '1 hour' where status = 'pending'`,
    );
    await sql(
      `update access_grant set starts_at = clock_timestamp(), ends_at = clock_timestamp() + interval '1 hour' where ended_at is null`,
    );
    services = await buildServices({ database, masterKey: MASTER_KEY });
  });
  afterAll(() => services.close());

  const caller = async (key: keyof typeof FAKE_KEYS) =>
    unwrap(await services.useCases.authenticate(fakeToken(FAKE_KEYS[key])));
  const pendingOf = async (resource: string) => {
    const [row] = await sql(
      `select id from approval where status = 'pending' and resources = array[$1]`,
      [resource],
    );
    return row.id;
  };

  test('keeps the rows of every table', async () => {
    expect([...before.values()]).not.toContain(0);
    const after = await rowCounts(database.dataSource);
    for (const [table, count] of before)
      expect(after.get(table), table).toBeGreaterThanOrEqual(count);
    expect(await schemaState(database.dataSource)).toBe('current');
  });

  test('has an audit trail that verifies, detached partition included', async () => {
    const [{ archive }] = await sql(
      'select name as archive from audit_part where detached_at is not null',
    );
    const attached = await exportTrail(services);
    // Attached again, the archive and the rest are one chain from the first event.
    const archived: Row[] = await sql(
      `select sequence::int, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, canonical, body::text as body,
         encode(hash, 'hex') as hash from ${archive} order by sequence`,
    );
    const links = [...archived, ...attached.links];
    const partitions = attached.partitions.map((partition) =>
      partition.name === archive
        ? { ...partition, name: `audit_event_${partition.first}`, detachedAt: null }
        : partition,
    );
    const whole = { ...attached, anchor: undefined, partitions, links };
    expect(await firstFault(whole)).toBeUndefined();
    expect(links.length).toBeGreaterThan(60);

    const serving = await startServing(services);
    const apiKey = fakeToken(FAKE_KEYS.admin);
    const client = new VSecureClient({ url: serving.server.url, apiKey });
    // An earlier version proved nothing: the trail does not verify until an operator confirms the detaching.
    const { unproven, confirm } = services.useCases.confirmDetachments;
    expect(await client.mcp.verifyAudit()).toMatchObject({
      ok: false,
      problem: expect.stringContaining('run vsecure audit:confirm'),
    });
    await confirm(await unproven());
    expect(await client.mcp.verifyAudit()).toMatchObject({ ok: true, from: { sequence: 17 } });
    await serving.close();
  });

  test.each([
    ['admin', 'human', 'admin@example.com'],
    ['alice', 'human', 'alice@example.com'],
    ['agent', 'agent', 'bob@example.com'],
    ['service', 'service', 'admin@example.com'],
  ] as const)('authenticates the key %s of class %s', async (key, keyClass, email) => {
    expect(await caller(key)).toMatchObject({
      principal: { class: keyClass },
      owner: { email },
    });
  });

  test.each([
    ['is revoked', 'revoked'],
    ['is suspended', 'suspended'],
    ['belongs to a deactivated person', 'ofDeactivatedPerson'],
  ] as const)('refuses a key that %s', async (_why, key) => {
    const { ok } = await services.useCases.authenticate(fakeToken(FAKE_KEYS[key]));
    expect(ok).toBe(false);
  });

  test('opens both versions of a secret under its grant, and no deleted secret', async () => {
    const agent = await caller('agent');
    const read = async (resource: string, version?: number) =>
      services.useCases.readSecret(agent, { resource, version });
    const text = async (version?: number) =>
      Buffer.from(unwrap(await read(DATABASE_URL, version)).value).toString();
    expect(await text()).toBe('fake-value-2');
    expect(await text(1)).toBe('fake-value-1');
    const usedUp = await read('vsecure://secrets/staging/TOKEN');
    expect(usedUp).toMatchObject({ ok: false, refusal: { code: 'grant_ended', how: 'used_up' } });
    const deleted = await read('vsecure://secrets/production/DELETED');
    expect(refusalOf(deleted)).toBe('approval_required');
  });

  test('lets a pending request be approved, and its secret be read', async () => {
    const resource = 'vsecure://secrets/two/TOKEN';
    const approval = await pendingOf(resource);
    expect(await services.store.approvals.votes(approval)).toMatchObject([
      { verdict: 'approve', entryPoint: 'slack' },
    ]);
    const carol = await services.decider('carol@example.com');
    const decided = unwrap(await services.useCases.decide(carol, { approval, verdict: 'approve' }));
    expect(decided).toMatchObject({ status: 'approved', grantedResources: [resource] });
    const read = unwrap(await services.useCases.readSecret(await caller('agent'), { resource }));
    expect(Buffer.from(read.value).toString()).toBe('fake-value-of-two/TOKEN');
  });

  test('lets a pending request be denied', async () => {
    const approval = await pendingOf('vsecure://secrets/production/PENDING');
    const alice = await services.decider('alice@example.com');
    const denial = { approval, verdict: 'deny', reason: 'Not after the upgrade' } as const;
    expect(unwrap(await services.useCases.decide(alice, denial)).status).toBe('denied');
  });

  test('has its policies, and the changes that led to them', async () => {
    const policies = await services.store.policies.list();
    expect(policies.map(({ uri }) => uri)).toEqual([AUTOMATIC, PRODUCTION, STAGING, TWO_VOTES]);
    const [automatic, production, staging, twoVotes] = policies;
    expect(production).toMatchObject({
      ...{ name: 'Production', version: 3, maxDuration: 28_800_000, channel: 'C0FAKE', maxUses: 5 },
      ...{ approvers: ['alice@example.com'], escalateTo: ['carol@example.com'] },
    });
    expect(automatic?.autoApprove?.conditions.requester).toEqual(['claude-desktop']);
    expect(staging).toMatchObject({ requiresApproval: false, approvers: ['alice@example.com'] });
    expect(twoVotes).toMatchObject({ minApprovals: 2 });
    const since = new Date(0);
    const changes =
      production && (await services.store.policies.changesSince(production.id, since));
    expect(changes?.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(policies.some(({ uri }) => uri === REMOVED)).toBe(false);
  });

  test('lists approvals in every status, receivers and alert rules', async () => {
    const { approvals, receivers, alerts } = services.store;
    const { items } = await approvals.list({}, { limit: 100 });
    expect(new Set(items.map(({ status }) => status))).toEqual(
      new Set(['pending', 'approved', 'denied', 'expired', 'cancelled']),
    );
    const kinds = (await receivers.list()).map(({ kind, enabled }) => [kind, enabled]);
    expect(kinds).toEqual([
      ['email', true],
      ['slack', false],
      ['webhook', true],
    ]);
    expect(await alerts.rules()).toMatchObject([{ name: 'many-reads', metric: 'access_count' }]);
    expect(await alerts.list()).toMatchObject([{ rule: 'many-reads' }]);
  });

  test('delivers what was due before the upgrade', async () => {
    expect((await services.slackOutbox.lease('slack_card', 100, 60_000)).length).toBeGreaterThan(5);
    const leased = await services.notificationOutbox.lease('webhook', 100, 60_000);
    expect(leased.map(({ notification }) => notification.type)).toContain('secret_written');
    expect(leased.map(({ lastError }) => lastError)).toContain('http_500');
  });
});

async function loadDump({ connection }: TestDatabase): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(readFileSync(new URL(DUMP, import.meta.url), 'utf8'));
  } finally {
    await client.end();
  }
}
