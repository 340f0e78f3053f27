/** Migrations run once, however often and on however many processes `migrate` runs. */

import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.js';
import { migrate, NewerSchemaError, schemaState } from '../../src/store/migrate.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

const FILES = readdirSync('migrations').length;

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

const sql = (text: string) => database.dataSource.query(text);
const empty = () => sql('drop schema public cascade; create schema public');
const claimNewer = () =>
  sql(`insert into schema_migration (timestamp, name) values (9999, 'later0000000009999')`);

describe('an empty database', () => {
  beforeEach(empty);

  test('is behind, is brought up to date by one run, and is not changed by the next', async () => {
    const { dataSource } = database;
    expect(await schemaState(dataSource)).toBe('behind');
    expect(await migrate(dataSource)).toBe(FILES);
    expect(await schemaState(dataSource)).toBe('current');
    expect(await migrate(dataSource)).toBe(0);
    expect(await sql('select count(*)::int as n from schema_migration')).toEqual([{ n: FILES }]);
  });

  test('is migrated once by several processes that start at the same moment', async () => {
    const others = await Promise.all(
      Array.from({ length: 4 }, () => openDatabase(database.connection)),
    );
    try {
      const ran = await Promise.all([database.dataSource, ...others].map(migrate));
      expect(ran.sort()).toEqual([0, 0, 0, 0, FILES]);
      expect(await schemaState(database.dataSource)).toBe('current');
    } finally {
      await Promise.all(others.map((other) => other.destroy()));
    }
  });

  test('gets the same schema as every other database', async () => {
    const shape = () =>
      sql(`select table_name, column_name, data_type from information_schema.columns
           where table_schema = 'public' order by 1, 2`);
    await migrate(database.dataSource);
    const fresh = await shape();
    const { dataSource, close } = await testDatabase();
    expect(fresh.length).toBeGreaterThan(100);
    expect(
      await dataSource.query(
        `select table_name, column_name, data_type from information_schema.columns
       where table_schema = 'public' order by 1, 2`,
      ),
    ).toEqual(fresh);
    await close();
  });
});

describe('a database of a newer vsecure', () => {
  test('is refused and not changed', async () => {
    await claimNewer();
    for (const verb of [schemaState, migrate])
      await expect(verb(database.dataSource)).rejects.toThrow(NewerSchemaError);
    await expect(migrate(database.dataSource)).rejects.toMatchObject({ code: 'newer_schema' });
    expect(await sql('select max(timestamp)::int as newest from schema_migration')).toEqual([
      { newest: 9999 },
    ]);
  });

  test('does not keep the migration lock: the next process can migrate', async () => {
    await claimNewer();
    await expect(migrate(database.dataSource)).rejects.toThrow(NewerSchemaError);
    await sql('delete from schema_migration where timestamp = 9999');
    const other = await openDatabase(database.connection);
    expect(await migrate(other)).toBe(0);
    await other.destroy();
  });
});

test('a migration that fails leaves the database as it was', async () => {
  await empty();
  await sql('create table vote (mine text)');
  await expect(migrate(database.dataSource)).rejects.toThrow('"vote" already exists');
  expect(await schemaState(database.dataSource)).toBe('behind');
  const tables = await sql(
    `select table_name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  expect(tables).toEqual([{ table_name: 'schema_migration' }, { table_name: 'vote' }]);
});

test('a migration has no time limit, because a large table takes longer than any other statement may', async () => {
  await empty();
  await sql(`create schema spy; create table spy.seen (statement_timeout text);
    create function spy.note() returns event_trigger language plpgsql as $$
      begin insert into spy.seen values (current_setting('statement_timeout')); end $$;
    create event trigger spy on ddl_command_start when tag in ('CREATE INDEX') execute function spy.note()`);
  await migrate(database.dataSource);
  expect(await sql('select distinct statement_timeout from spy.seen')).toEqual([
    { statement_timeout: '0' },
  ]);
  expect(await sql('show statement_timeout')).toEqual([{ statement_timeout: '10s' }]);
});
