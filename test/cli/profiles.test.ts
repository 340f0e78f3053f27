/** Profiles select a server and a key; only the owner can read their file. */

import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeProfile } from '../../src/cli/profiles.js';
import { type Serving, startServing } from '../http/serving.js';
import { temporaryFolder } from '../support/folder.js';
import { vsecure } from '../support/vsecure.js';

let serving: Serving;
let home: string;
let file: string;
beforeAll(async () => {
  serving = await startServing();
  home = temporaryFolder('config');
  file = path.join(home, 'vsecure', 'config.json');
  const { token } = await serving.services.agent('my-agent');
  writeProfile(file, 'default', { url: serving.server.url, apiKey: serving.services.adminToken });
  writeProfile(file, 'agent', { url: serving.server.url, apiKey: token });
});
afterAll(() => serving.close());

const whoami = (argv: readonly string[], env: Record<string, string> = {}) =>
  vsecure(['auth:whoami', '--json', ...argv], { env: { XDG_CONFIG_HOME: home, ...env } });
const classOf = async (...args: Parameters<typeof whoami>) =>
  JSON.parse((await whoami(...args)).stdout).class;

test('only the owner can read the profile file, and adding a profile keeps the others', () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).profiles)).toEqual([
    'default',
    'agent',
  ]);
});

test('the command line takes precedence over the environment, and a key in the environment over profiles', async () => {
  const url = serving.server.url;
  expect(await classOf([])).toBe('human');
  expect(await classOf(['--profile', 'agent'])).toBe('agent');
  expect(await classOf([], { VSECURE_PROFILE: 'agent' })).toBe('agent');
  const { token } = await serving.services.agent('another');
  const env = { VSECURE_API_KEY: token, VSECURE_URL: url };
  expect(await classOf([], env)).toBe('agent');
  expect(await classOf(['--profile', 'default'], env)).toBe('human');
});

test('a missing profile says how to create it, and a profile file that other users can read is refused', async () => {
  expect(await whoami(['--profile', 'missing'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('vsecure login --profile missing'),
  });
  chmodSync(file, 0o644);
  expect(await whoami([])).toMatchObject({ exit: 2, stderr: expect.stringContaining('chmod 600') });
  chmodSync(file, 0o600);
  const broken = path.join(temporaryFolder('config'), 'vsecure');
  writeProfile(path.join(broken, 'config.json'), 'x', { url: 'http://x', apiKey: 'k' });
  writeFileSync(path.join(broken, 'config.json'), 'not json');
  expect(await whoami([], { XDG_CONFIG_HOME: path.dirname(broken) })).toMatchObject({ exit: 2 });
});
