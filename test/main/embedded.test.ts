/** The server with the database that it brings along. */

import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { startVsecure } from '../support/server.js';
import { vsecure } from '../support/vsecure.js';

test('with only a data folder set, the server stores everything there, and a kill -9 loses nothing', async () => {
  const VSECURE_DATA_DIR = path.join(temporaryFolder('data'), 'made', 'data');
  await using server = await startVsecure({ env: { VSECURE_DATA_DIR } });
  const admin = (await vsecure(['admin:bootstrap'], { env: server.env })).stdout.trim();
  const env = { VSECURE_URL: server.url, VSECURE_API_KEY: admin };
  const set = await vsecure(['secrets:set', 'production/API_KEY'], { env, stdin: 'canary\n' });
  expect(set).toMatchObject({ exit: 0 });
  const key = path.join(VSECURE_DATA_DIR, 'master.key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(statSync(VSECURE_DATA_DIR).mode & 0o777).toBe(0o700);

  // As an earlier release left the folder.
  chmodSync(VSECURE_DATA_DIR, 0o755);
  await server.kill9();
  await server.restart();
  expect(statSync(VSECURE_DATA_DIR).mode & 0o777).toBe(0o700);
  const listed = await vsecure(['secrets:list', '--json'], { env });
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { path: 'vsecure://secrets/production/API_KEY', version: 1 },
  ]);
  expect((await server.stop()).exit).toBe(0);
  // Without a server, the command starts the database, and stops it again.
  const again = await vsecure(['admin:bootstrap'], { env: server.env });
  expect(again).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^vsk_/) });
});
