/** The settings that a database or a role has for its sessions change nothing: every connection sets what vsecure depends on. */

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseClient } from '../../src/store/client.js';
import { openDatabase } from '../../src/store/database.js';
import { sqlOn } from '../../src/store/sql.js';
import { tables } from '../../src/store/tables.js';
import { createListener } from '../../src/store/wakeups.js';
import { approvedGrant, endIn } from '../flow/short-grants.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, refusalOf, unwrap } from '../support/services.js';

/** By name: a value that would break something, and the value that a session of vsecure has. */
const SETTINGS = {
  DateStyle: ['SQL, DMY', 'ISO, MDY'],
  TimeZone: ['Asia/Kathmandu', 'UTC'],
  IntervalStyle: ['iso_8601', 'postgres'],
  extra_float_digits: ['-15', '1'],
  bytea_output: ['escape', 'hex'],
  standard_conforming_strings: ['off', 'on'],
  array_nulls: ['off', 'on'],
  transform_null_equals: ['on', 'off'],
  search_path: ['nowhere', '"$user", public'],
  synchronous_commit: ['off', 'on'],
  default_transaction_isolation: ['serializable', 'read committed'],
  default_transaction_read_only: ['on', 'off'],
  default_transaction_deferrable: ['on', 'off'],
  exit_on_error: ['on', 'off'],
  lock_timeout: ['1', '0'],
  transaction_timeout: ['30000', '0'],
  idle_session_timeout: ['30000', '0'],
  statement_timeout: ['1', '10000'],
  idle_in_transaction_session_timeout: ['1', '5000'],
} as const;
const NAMES = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];

let database: TestDatabase;
let rounds = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
afterEach(async () => {
  const { user, database: name } = database.connection;
  await administer(`alter database ${name} reset all`);
  await administer(`alter role ${user} in database ${name} reset all`);
});

const administer = (text: string) => sqlOn(database.dataSource)(text);

/** `ALTER DATABASE` and `ALTER ROLE`: the role's value wins over the database's. */
async function alter(level: 'database' | 'role', name: keyof typeof SETTINGS, value?: string) {
  const where = database.connection;
  const target =
    level === 'database'
      ? `database ${where.database}`
      : `role ${where.user} in database ${where.database}`;
  const to = value ?? SETTINGS[name][0];
  const quoted = name === 'search_path' ? to : `'${to}'`;
  await administer(`alter ${target} set ${name} = ${quoted}`);
}

/** Every setting of a session of this pool. */
async function settingsOf(query: (text: string) => Promise<{ name: string; setting: string }[]>) {
  const names = NAMES.map((name) => `'${name}'`).join(', ');
  const rows = await query(
    `select name, setting from pg_catalog.pg_settings where name in (${names})`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** Keys, policies, an approval, a read, its end and the audit trail, on the connections of this data source. */
async function useEverything(dataSource: DataSource): Promise<void> {
  rounds += 1;
  const { connection } = database;
  const services = await buildServices({
    database: { connection, dataSource, close: async () => {} },
    masterKey: 'c2Vzc2lvbi1zZXR0aW5ncy1vZi1hLWhvc3RpbGUtcm8=',
  });
  try {
    const resource = `vsecure://secrets/production/ROUND_${rounds}`;
    await services.policy();
    await services.secret('the value \\ of this round', resource);
    const { caller } = await services.agent(`agent-${rounds}`);
    const grant = await approvedGrant(services, caller, { resources: [resource] });
    const read = () => services.useCases.readSecret(caller, { resource });
    const { value } = unwrap(await read());
    expect(Buffer.from(value).toString()).toBe('the value \\ of this round');
    const stored = await services.store.grants.find(grant);
    expect(stored?.status).toBe('active');
    const now = (await services.store.now()).getTime();
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
    expect(Number(stored?.endsAt.getTime())).toBeGreaterThan(now);
    const keys = await services.store.principals.keys(caller.principal.id);
    expect(keys.map(({ id }) => id)).toEqual([caller.key.id]);
    expect(keys[0]?.createdAt.getTime()).toBeGreaterThan(now - 600_000);
    await endIn(services, grant, 0);
    expect(refusalOf(await read())).toBe('grant_ended');
    expect(await brokenInvariants(dataSource)).toEqual([]);
    const woken = services.listener.subscribe('appr_1');
    await Promise.all([woken.next(60_000), services.store.transaction((tx) => tx.wake('appr_1'))]);
    woken.close();
  } finally {
    await services.listener.stop();
  }
}

const OURS = Object.fromEntries(NAMES.map((name) => [name, SETTINGS[name][1]]));

describe.each(['database', 'role'] as const)(
  'a %s with other settings for its sessions',
  (level) => {
    test('does not change the settings of a session of vsecure', async () => {
      for (const name of NAMES) await alter(level, name);
      const dataSource = await openDatabase(database.connection);
      const found = await settingsOf((text) => sqlOn(dataSource)(text));
      await dataSource.destroy();
      expect(found).toEqual(OURS);
    });

    test('leaves reads, expiry, keys, wake-ups and the audit trail correct', {
      timeout: 120_000,
    }, async () => {
      for (const name of NAMES) await alter(level, name);
      const dataSource = await openDatabase(database.connection);
      try {
        await useEverything(dataSource);
      } finally {
        await dataSource.destroy();
      }
    });
  },
);

test('a search_path that DATABASE_URL names in its options stays', async () => {
  await administer('create schema if not exists elsewhere');
  const options = encodeURIComponent('-c search_path=elsewhere,public');
  const dataSource = await openDatabase({ url: `${database.url}?options=${options}` });
  const [row] = await sqlOn(dataSource)<{ path: string }>(
    `select current_setting('search_path') as path`,
  );
  await dataSource.destroy();
  expect(row).toEqual({ path: 'elsewhere,public' });
});

test('the connection that listens is not ended by a timeout for idle sessions', async () => {
  await alter('role', 'idle_session_timeout', '1500');
  const listener = createListener(database.connection);
  await listener.start();
  await sleep(2500);
  expect(listener.connected).toBe(true);
  await listener.stop();
});

describe('a connection that sets nothing', () => {
  test('has the settings of the database, so the check above would fail on it', async () => {
    for (const name of NAMES) if (!name.endsWith('timeout')) await alter('database', name);
    const client = new pg.Client(database.connection);
    await client.connect();
    const found = await settingsOf(async (text) => (await client.query(text)).rows);
    await client.end();
    for (const name of NAMES)
      if (!name.endsWith('timeout')) expect(found).toMatchObject({ [name]: SETTINGS[name][0] });
  });

  test('reads no time correctly under another DateStyle', async () => {
    await alter('database', 'DateStyle');
    const { host, port, user: username, database: name } = database.connection;
    const dataSource = await new DataSource({
      type: 'postgres',
      ...{ host, port, username, database: name },
      entities: tables,
      extra: { Client: DatabaseClient },
    }).initialize();
    await expect(useEverything(dataSource)).rejects.toThrow();
    await dataSource.destroy();
  });
});
