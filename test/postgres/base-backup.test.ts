/** A backup is made under writes, and a server starts on it with everything that was committed before it began. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { baseBackup } from '../../src/postgres/base-backup.js';
import type { EmbeddedPostgres } from '../../src/postgres/embedded.js';
import { newDataDir, query, start } from './support.js';

/** Writes rows one after another until it is stopped; resolves with the number of commits. */
function keepWriting(server: EmbeddedPostgres) {
  let stop = false;
  const done = (async () => {
    const client = new pg.Client(server);
    await client.connect();
    let committed = 0;
    for (; !stop; committed += 1)
      await client.query(`insert into entry (filling) values (repeat('x', 2000))`);
    await client.end();
    return committed;
  })();
  return {
    stop() {
      stop = true;
      return done;
    },
  };
}

const count = async (server: EmbeddedPostgres) => {
  const [row] = await query(server, 'select count(*)::int as count, max(id) as last from entry');
  return row as { count: number; last: number };
};

test('a server starts on a backup that was made under writes, with every commit from before it and no gap', async () => {
  const dataDir = newDataDir();
  const server = await start({ dataDir });
  await query(server, 'create table entry (id serial primary key, filling text not null)');
  const writer = keepWriting(server);
  await expect.poll(() => count(server).then((one) => one.count)).toBeGreaterThan(50);
  const before = await count(server);
  const target = path.join(path.dirname(dataDir), 'backup');
  await baseBackup(server, dataDir, target);
  const committed = await writer.stop();
  await query(server, 'checkpoint');

  const restored = await start({ dataDir: target });
  const found = await count(restored);
  expect(found.count).toBeGreaterThanOrEqual(before.count);
  expect(found.count).toBeLessThanOrEqual(committed);
  expect(found.last).toBe(found.count);
  await query(restored, `insert into entry (filling) values ('life goes on')`);
  expect((await count(restored)).count).toBe(found.count + 1);
});

test('a backup overwrites nothing, and one that fails leaves nothing behind', async () => {
  const dataDir = newDataDir();
  const server = await start({ dataDir, durable: false });
  const folder = path.dirname(dataDir);
  const taken = path.join(folder, 'taken');
  mkdirSync(taken);
  await expect(baseBackup(server, dataDir, taken)).rejects.toMatchObject({
    code: 'backup_in_the_way',
  });
  expect(readdirSync(taken)).toEqual([]);
  const nowhere = path.join(folder, 'nowhere');
  await expect(baseBackup(server, path.join(folder, 'no data'), nowhere)).rejects.toThrow('ENOENT');
  expect(existsSync(nowhere)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);
});
