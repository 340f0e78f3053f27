/** `mcp:audit --group-by resource`: counts how often each resource is used. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { bar } from '../../src/cli/bar-chart.js';
import { HOUR } from '../../src/domain/limits.js';
import { VSecureClient } from '../../src/sdk/index.js';
import { type Serving, startServing } from '../http/serving.js';
import { startProgram } from '../support/vsecure.js';
import { run } from './terminal.js';

let serving: Serving;
beforeAll(async () => {
  serving = await startServing();
  const apiKey = serving.services.adminToken;
  const { secrets } = new VSecureClient({ url: serving.server.url, apiKey });
  for (const name of ['OFTEN', 'OFTEN', 'OFTEN', 'ONCE'])
    await secrets.set(`production/${name}`, 'a value');
});
afterAll(() => serving.close());

const audit = (...argv: string[]) =>
  run({ url: serving.server.url, token: serving.services.adminToken }, 'mcp:audit', ...argv);

test('--group-by resource counts the events of each resource, most used first, with a bar', async () => {
  const { exit, out } = await audit('--group-by', 'resource', '--since', '24h');
  expect(exit).toBe(0);
  expect(out.split('\n')).toEqual([
    'RESOURCE                            COUNT',
    `vsecure://secrets/production/OFTEN  3      ${'█'.repeat(30)}`,
    `vsecure://secrets/production/ONCE   1      ${'█'.repeat(10)}`,
  ]);
});

test('--resource narrows the counted events, and --json prints the counts', async () => {
  const { out } = await audit('--group-by', 'resource', '--resource', 'production/ONCE', '--json');
  expect(JSON.parse(out)).toEqual([{ resource: 'vsecure://secrets/production/ONCE', count: 1 }]);
  const nothing = await audit('--group-by', 'resource', '--resource', 'staging/*');
  expect(nothing).toMatchObject({ exit: 0, out: '', err: 'No matching events.' });
});

test('the table and --follow say the verdict, the operation, the key and what changed in a policy', async () => {
  const { services, server } = serving;
  const following = startProgram(['mcp:audit', '--follow'], {
    env: { VSECURE_URL: server.url, VSECURE_API_KEY: services.adminToken },
  });
  // It begins with the newest event.
  await expect.poll(() => following.stdout(), { timeout: 20_000 }).toContain('secret_written');
  await services.policy({ maxDuration: HOUR });
  await services.policy({ maxDuration: 2 * HOUR });
  const { caller } = await services.agent('claude-desktop');
  const alice = { url: server.url, token: (await services.human('alice@example.com')).token };
  for (const [verdict, name] of [
    ['approve', 'A'],
    ['deny', 'B'],
  ] as const) {
    const resources = [`vsecure://secrets/production/${name}`];
    const { id } = await services.ask(caller, { resources });
    await run(alice, `mcp:${verdict}`, id, '--reason', 'because');
  }
  const { out } = await audit();
  const key = 'for claude-desktop (agent key of bob@example.com)';
  const SAYS = [`approved; read; ${key}`, `denied; read; ${key}`, 'maxDuration: 1h → 2h'];
  for (const text of SAYS) expect(out).toContain(text);
  for (const text of SAYS)
    await expect.poll(() => following.stdout(), { timeout: 20_000 }).toContain(text);
  await following.end('SIGINT');
});

test('--group-by accepts only resource, and --limit shortens the list', async () => {
  expect((await audit('--group-by', 'actor')).exit).toBe(2);
  const { out, err } = await audit('--group-by', 'resource', '--limit', '1');
  expect(out).not.toContain('ONCE');
  expect(err).toContain('There may be more');
});

test('a bar is proportional to its count, and a count above zero always has a bar', () => {
  expect([0, 1, 500, 1000].map((count) => bar(count, 1000).length)).toEqual([0, 1, 15, 30]);
});
