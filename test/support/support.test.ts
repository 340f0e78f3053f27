/** The databases that the other tests use. */
import { existsSync } from 'node:fs';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { ownPostgres, testDatabase } from './database.js';

async function database() {
  const made = await testDatabase();
  onTestFinished(() => made.close());
  return made;
}

const tables = `select count(*)::int as count from information_schema.tables where table_schema = 'public'`;

test('a test database is migrated and separate from those of other tests', async () => {
  const [one, other] = await Promise.all([database(), database()]);
  await one.dataSource.query('create table mine (word text)');
  const [[before], [after]] = [
    await other.dataSource.query(tables),
    await one.dataSource.query(tables),
  ];
  expect(before.count).toBeGreaterThan(0);
  expect(after.count).toBe(before.count + 1);
});

test('a process with the URL of a test database connects to the same database', async () => {
  const { url, connection } = await database();
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query('select current_database() as name');
  await client.end();
  expect(rows).toEqual([{ name: connection.database }]);
});

test('closing a test database drops it, even while a client is connected', async () => {
  const { close, connection } = await testDatabase();
  const client = new pg.Client(connection);
  client.on('error', () => {}); // It is cut off on purpose.
  await client.connect();
  await close();
  await expect(new pg.Client(connection).connect()).rejects.toMatchObject({ code: '3D000' });
});

test('a test’s own server is migrated, flushes to disk, and removes its files when it stops', async () => {
  const own = await ownPostgres();
  onTestFinished(() => own.stop());
  const client = new pg.Client(own.url);
  await client.connect();
  const { rows } = await client.query(
    `select current_setting('fsync') as fsync, (${tables}) > 0 as migrated`,
  );
  await client.end();
  expect(rows).toEqual([{ fsync: 'on', migrated: true }]);
  await own.stop();
  expect(existsSync(own.dataDir)).toBe(false);
});
