/** Starts and stops a real embedded server. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { startEmbedded } from '../../src/postgres/embedded.js';
import { isAlive, newDataDir, query, start } from './support.js';

test('a first start makes a database of PostgreSQL 18 in UTC, without a TCP port, that keeps its commits', async () => {
  const server = await start({ dataDir: newDataDir() });
  expect(server).toMatchObject({ adopted: false, database: 'vsecure', pid: expect.any(Number) });
  const facts = `select current_database() as name, current_setting('server_version') as version,
    current_setting('timezone') as zone, current_setting('listen_addresses') as tcp, current_setting('fsync') as fsync`;
  expect(await query(server, facts)).toEqual([
    { name: 'vsecure', version: expect.stringMatching(/^18\./), zone: 'UTC', tcp: '', fsync: 'on' },
  ]);
});

test('only the user who runs the server can enter the folder of its socket', async () => {
  const { host } = await start({ dataDir: newDataDir(), durable: false });
  expect(statSync(host).mode & 0o777).toBe(0o700);
});

test('the caller can choose the name of the database and the settings', async () => {
  const server = await start({
    dataDir: newDataDir(),
    database: 'my "own"',
    durable: false,
    settings: { max_connections: '7' },
  });
  const facts = `select current_database() as name, current_setting('max_connections') as most,
    current_setting('fsync') as fsync`;
  expect(await query(server, facts)).toEqual([{ name: 'my "own"', most: '7', fsync: 'off' }]);
});

test('a second start uses the running server, and does not stop it', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir, durable: false });
  const second = await start({ dataDir, database: 'another' });
  expect(second).toMatchObject({ adopted: true, pid: first.pid, host: first.host });
  await second.stop();
  expect(await query(second, 'select current_database() as name')).toEqual([{ name: 'another' }]);
});

test('what was committed is there after a restart', async () => {
  const dataDir = newDataDir();
  const before = await start({ dataDir });
  await query(before, 'create table kept as select 42 as answer');
  await before.stop();
  const after = await start({ dataDir });
  expect(after.adopted).toBe(false);
  expect(await query(after, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('stop waits until the server has exited, and may be called again', async () => {
  const dataDir = newDataDir();
  const { pid, stop } = await start({ dataDir, durable: false });
  await stop();
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(path.join(dataDir, 'postmaster.pid'))).toBe(false);
  await stop();
});

test('stop does not wait for open sessions', async () => {
  const server = await start({ dataDir: newDataDir(), durable: false });
  const client = new pg.Client(server);
  const errors: unknown[] = [];
  client.on('error', (error) => errors.push(error));
  await client.connect();
  await client.query('begin');
  await server.stop();
  await vi.waitFor(() => expect(errors[0]).toMatchObject({ code: '57P01' }));
});

test('a server stops at the end of its scope', async () => {
  const dataDir = newDataDir();
  {
    await using server = await startEmbedded({ dataDir, durable: false });
    expect(isAlive(server.pid)).toBe(true);
  }
  expect(existsSync(path.join(dataDir, 'postmaster.pid'))).toBe(false);
});

test('when the path is too long for a socket, the socket has a folder in /tmp, which stop removes', async () => {
  const dataDir = path.join(newDataDir(), 'long'.repeat(25), 'pg');
  const server = await start({ dataDir, durable: false });
  expect(server.host).toMatch(/^\/tmp\/vsecure-/);
  expect(await start({ dataDir })).toMatchObject({ adopted: true, host: server.host });
  await server.stop();
  expect(existsSync(server.host)).toBe(false);
});
