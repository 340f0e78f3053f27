/** The restore drill of docs/operations.md, as it is written there. */

import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { startVsecure } from '../support/server.js';
import { vsecure } from '../support/vsecure.js';

const CANARY = 'canary-of-the-backup';

test('a backup and the master key restore a lost data folder, with its secrets and its audit trail', async () => {
  const VSECURE_DATA_DIR = temporaryFolder('data');
  const kept = temporaryFolder('kept');
  const backup = path.join(kept, 'monday');
  const first = await startVsecure({ env: { VSECURE_DATA_DIR } });
  const admin = (await vsecure(['admin:bootstrap'], { env: first.env })).stdout.trim();
  const asAdmin = (url: string) => ({ VSECURE_URL: url, VSECURE_API_KEY: admin });
  await vsecure(['secrets:set', 'production/KEY'], { env: asAdmin(first.url), stdin: CANARY });

  const made = await vsecure(['backup', backup], { env: first.env });
  expect(made).toMatchObject({ exit: 0, stdout: `${backup}\n` });
  expect(made.stderr).toContain('The backup does not contain the master key.');
  const again = await vsecure(['backup', backup], { env: first.env });
  expect(again).toMatchObject({ exit: 1, stderr: expect.stringContaining('does not exist yet') });
  copyFileSync(path.join(VSECURE_DATA_DIR, 'master.key'), path.join(kept, 'master.key'));
  await vsecure(['secrets:set', 'production/LATER'], { env: asAdmin(first.url), stdin: CANARY });
  await first.kill9();

  const restored = path.join(temporaryFolder('new'), 'vsecure');
  mkdirSync(restored, { mode: 0o700 });
  renameSync(backup, path.join(restored, 'postgres'));
  const keyless = await vsecure(['serve'], { env: { VSECURE_DATA_DIR: restored, PORT: '0' } });
  expect(keyless.exit).toBe(1);
  expect(keyless.stderr).toContain(
    `the master key ${path.join(restored, 'master.key')} is missing, and this database is sealed with one`,
  );
  // No new key is left behind, which would be taken for the right one.
  expect(readdirSync(restored)).not.toContain('master.key');
  copyFileSync(path.join(kept, 'master.key'), path.join(restored, 'master.key'));
  await using second = await startVsecure({ env: { VSECURE_DATA_DIR: restored } });
  const env = asAdmin(second.url);
  const listed = await vsecure(['secrets:list', '--json'], { env });
  expect(JSON.parse(listed.stdout)).toMatchObject([{ path: 'vsecure://secrets/production/KEY' }]);
  const audit = await vsecure(['mcp:audit', '--json'], { env });
  expect(audit.stdout).toContain('secret_written');
});

test('commands that need what is stored refuse a folder without a database, and create nothing there', async () => {
  const folder = temporaryFolder('elsewhere');
  const VSECURE_DATA_DIR = path.join(folder, 'wrong');
  const target = path.join(folder, 'copy');
  const detach = ['audit:detach', '--before', '2026-01-01', '--yes'];
  for (const argv of [['backup', target], detach, ['audit:confirm']])
    expect(await vsecure(argv, { env: { VSECURE_DATA_DIR } })).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringContaining(
        `There is no database at ${path.join(VSECURE_DATA_DIR, 'postgres')}. Set VSECURE_DATA_DIR`,
      ),
    });
  const planned = await vsecure(['migrate', '--dry-run'], { env: { VSECURE_DATA_DIR } });
  expect(planned.stdout).toMatch(
    /^There is no database at .* Would run \d+ migration\(s\):\n {2}0001-/,
  );
  expect(readdirSync(folder)).toEqual([]);

  const other = path.join(folder, 'postgres');
  mkdirSync(other);
  writeFileSync(path.join(other, 'notes.txt'), 'not a database');
  const noDatabase = await vsecure(['backup', target], { env: { VSECURE_DATA_DIR: folder } });
  expect(noDatabase).toMatchObject({ exit: 1, stdout: '' });
  expect(readdirSync(folder)).toEqual(['postgres']);
});

test('backup without a folder, or with a PostgreSQL server of the operator, says what to do instead', async () => {
  expect(await vsecure(['backup'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("missing required argument 'dir'"),
  });
  const env = {
    DATABASE_URL: 'postgres://localhost/x',
    VSECURE_MASTER_KEY: randomBytes(32).toString('base64'),
  };
  expect(await vsecure(['backup', '/nowhere/at/all'], { env })).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('pg_dump'),
  });
});
