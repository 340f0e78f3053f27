/** `vsecure audit:detach` as an operator runs it, and what `mcp:audit:verify` says afterwards. */

import { expect, test } from 'vitest';
import { startServing } from '../http/serving.js';
import { testDatabase } from '../support/database.js';
import { buildServices } from '../support/services.js';
import { vsecure } from '../support/vsecure.js';

test('audit:detach turns old partitions into tables of their own, and the remaining trail still verifies', async () => {
  const database = await testDatabase();
  const services = await buildServices({ database });
  await services.policy();
  await services.store.transaction((tx) => tx.auditPartitions.next());
  await services.secret();
  await services.countOn();
  const env = { DATABASE_URL: database.url, VSECURE_MASTER_KEY: services.masterKeyText };
  const detach = (...argv: string[]) => vsecure(['audit:detach', ...argv], { env });

  expect(await detach('--before', '2020-01-01', '--yes')).toMatchObject({
    exit: 0,
    stdout: 'No partition ended before that date; nothing was detached.\n',
  });
  const done = await detach('--before', '2100-01-01', '--yes');
  expect(done.exit).toBe(0);
  const [, archive] =
    /are now in the table (audit_archive_1_\d+)\. The trail continues from the hash [0-9a-f]{64}/.exec(
      done.stdout,
    ) ?? [];
  expect(done.stdout).toContain(`drop table ${archive};`);
  const rows = await database.dataSource.query(`select sequence from ${archive}`);
  expect(rows.length).toBeGreaterThan(0);

  const serving = await startServing(services);
  const verified = await vsecure(['mcp:audit:verify'], {
    env: { VSECURE_URL: serving.server.url, VSECURE_API_KEY: services.adminToken },
  });
  expect(verified).toMatchObject({ exit: 0, stderr: '' });
  expect(verified.stdout).toContain(`${rows.length + 1}`);
  await serving.close();
  await services.close();
});

test('audit:detach does nothing unless both the date and --yes are given', async () => {
  const asked = [
    [],
    ['--before', '2026-01-01'],
    ['--before', '2026-13-01', '--yes'],
    ['--before', 'yesterday', '--yes'],
    ['--yes'],
    ['--before', '2026-01-01', '--yes', 'more'],
  ];
  for (const argv of asked)
    expect(await vsecure(['audit:detach', ...argv])).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*\nAdd --help to see/),
    });
});
