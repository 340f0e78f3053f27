/** The embedded server with several processes that start at once or are killed. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { running } from '../../src/postgres/running.js';
import { hold, isAlive, kill, newDataDir, query, start } from './support.js';

const PATIENCE = { timeout: 10_000, interval: 20 };

test('when the process that started it is killed, the server stops cleanly and loses no commit', async () => {
  const dataDir = newDataDir();
  const { child, pid } = await hold(dataDir);
  await query(await start({ dataDir }), 'create table kept as select 42 as answer');
  await kill(child);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), PATIENCE);
  expect(running(dataDir)).toBeUndefined();
  const after = await start({ dataDir });
  expect(after.adopted).toBe(false);
  expect(await query(after, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('when server and process are killed together, no acknowledged commit is lost', async () => {
  const dataDir = newDataDir();
  const { child, pid } = await hold(dataDir);
  await query(await start({ dataDir }), 'create table kept as select 42 as answer');
  process.kill(pid, 'SIGKILL');
  await kill(child);
  const after = await start({ dataDir });
  expect(after.adopted).toBe(false);
  expect(await query(after, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('of three processes that start at once on a new data directory, one starts the server and the others use it', async () => {
  const dataDir = newDataDir();
  const racers = await Promise.all([hold(dataDir), hold(dataDir), hold(dataDir)]);
  expect(new Set(racers.map(({ pid }) => pid)).size).toBe(1);
  expect(racers.filter(({ adopted }) => !adopted)).toHaveLength(1);
  expect(readdirSync(path.dirname(dataDir)).sort()).toEqual(['pg', 'pg-run']);
});
