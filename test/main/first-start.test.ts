/** The first start: the administrator gets the first key once, and the key is in no log. */

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VSecureClient } from '../../src/sdk/index.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { temporaryFolder } from '../support/folder.js';
import { startVsecure } from '../support/server.js';
import { startOnTerminal } from '../support/terminal-program.js';
import { until } from '../support/until.js';
import { START_MAX, vsecure, vsecureCommand } from '../support/vsecure.js';

const KEY = /vsk_h_\w+/g;

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

const whoami = (url: string, apiKey: string) => new VSecureClient({ url, apiKey }).whoami();

test('without a terminal the server names the command to run, which prints a working key and nothing else on stdout', async () => {
  await using server = await startVsecure({ database, env: { LOG_LEVEL: 'trace' } });
  expect(server.log()).toContainEqual(
    expect.objectContaining({ msg: expect.stringContaining('run `vsecure admin:bootstrap`') }),
  );
  expect(server.program().stdout()).toBe('');

  const env = { ...server.env, VSECURE_ADMIN_EMAIL: 'ann@example.com' };
  const made = await vsecure(['admin:bootstrap'], { env });
  expect(made).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^vsk_h_\w+\n$/) });
  expect(made.stderr).toContain('ann@example.com');
  expect(made.stderr).not.toMatch(KEY);
  expect(await whoami(server.url, made.stdout.trim())).toMatchObject({
    owner: { email: 'ann@example.com', role: 'admin' },
  });

  await server.stop();
  await server.restart();
  expect(server.program().stderr()).not.toContain('admin:bootstrap');
  expect(server.program().stdout()).toBe('');
});

test('admin:bootstrap replaces a lost key with a new key of the same administrator', async () => {
  await using server = await startVsecure({ database });
  const keys = [];
  for (const _ of [1, 2])
    keys.push((await vsecure(['admin:bootstrap'], { env: server.env })).stdout.trim());
  const owners = await Promise.all(keys.map(async (key) => (await whoami(server.url, key)).owner));
  expect(owners[0]).toEqual(owners[1]);
  expect(new Set(keys).size).toBe(2);
});

test('on a terminal the first start shows the key once, and Ctrl-C stops the server gracefully', async () => {
  const log = path.join(temporaryFolder(), 'log');
  const env = {
    DATABASE_URL: database.url,
    VSECURE_MASTER_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'trace',
    PORT: '0',
  };
  const start = async () => {
    writeFileSync(log, '');
    const terminal = startOnTerminal(vsecureCommand('serve'), { env, stderr: log });
    const address = () => terminal.stderr().match(/"url":"([^"]+)"[^\n]*is up/)?.[1];
    const url = await until('the server to be up', address, START_MAX);
    return { terminal, url };
  };

  const first = await start();
  const shown = first.terminal.stdout().match(KEY) ?? [];
  expect(shown).toHaveLength(1);
  expect(await whoami(first.url, shown[0] ?? '')).toMatchObject({ owner: { role: 'admin' } });
  expect((await first.terminal.ctrlC()).exit).toBe(0);
  expect(first.terminal.stderr()).not.toMatch(KEY);

  const second = await start();
  expect((await second.terminal.ctrlC()).exit).toBe(0);
  expect(second.terminal.stdout()).not.toMatch(KEY);
});
