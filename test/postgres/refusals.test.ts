/** What the launcher refuses, and what its error says the operator can do. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findBinaries } from '../../src/postgres/binaries.js';
import { startEmbedded } from '../../src/postgres/embedded.js';
import { newDataDir, start } from './support.js';

const refused = (code: string, message: RegExp) =>
  expect.objectContaining({
    name: 'EmbeddedPostgresError',
    code,
    message: expect.stringMatching(message),
  });

test('on a platform without binaries, the error says to set DATABASE_URL', () => {
  expect(() => findBinaries('sunos', 'x64')).toThrow(
    refused('unsupported_platform', /sunos-x64.*DATABASE_URL/),
  );
});

test('a folder with other files is refused and not changed', async () => {
  const dataDir = newDataDir();
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, 'thesis.txt'), 'mine');
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    refused('not_a_database', /Choose an empty VSECURE_DATA_DIR/),
  );
  expect(readdirSync(path.dirname(dataDir))).toEqual(['pg']);
  expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
});

test('data of another major version is refused and not changed', async () => {
  const dataDir = newDataDir();
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, 'PG_VERSION'), '15\n');
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    refused('wrong_version', /made by PostgreSQL 15/),
  );
});

test('a socket folder that another user could have created is refused', async () => {
  const dataDir = newDataDir();
  mkdirSync(`${dataDir}-elsewhere`);
  symlinkSync(`${dataDir}-elsewhere`, `${dataDir}-run`);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    refused('unsafe_folder', /not a private folder/),
  );
});

test('a server that cannot start says why, and leaves nothing running', async () => {
  const dataDir = newDataDir();
  const settings = { max_connections: 'many' };
  await expect(startEmbedded({ dataDir, durable: false, settings })).rejects.toThrow(
    refused('start_failed', /max_connections/),
  );
  expect(existsSync(path.join(dataDir, 'postmaster.pid'))).toBe(false);
});

test('an interrupted preparation is removed, and the start succeeds', async () => {
  const dataDir = newDataDir();
  const { pid: dead = 0 } = spawnSync('true');
  const half = `${dataDir}.init-${dead}`;
  mkdirSync(half);
  writeFileSync(path.join(half, 'PG_VERSION'), '18\n');
  const { adopted } = await start({ dataDir, durable: false });
  expect(adopted).toBe(false);
  expect(existsSync(half)).toBe(false);
});
