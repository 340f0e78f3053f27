/** `mcp:metrics`: a summary, or one metric with bars. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { elapsed } from '../../src/cli/elapsed-time.js';
import { type Serving, startServing } from '../http/serving.js';
import { run } from './terminal.js';

let serving: Serving;
beforeAll(async () => {
  serving = await startServing();
  for (const name of ['OFTEN', 'OFTEN', 'ONCE'])
    await serving.services.secret('a value', `vsecure://secrets/production/${name}`);
});
afterAll(() => serving.close());

const metrics = (...argv: string[]) =>
  run({ url: serving.server.url, token: serving.services.adminToken }, 'mcp:metrics', ...argv);

test('mcp:metrics without --metric prints a summary of requests, decisions and uses', async () => {
  const { exit, out } = await metrics('--since', '7d');
  expect(exit).toBe(0);
  expect(out).toMatch(/requests +0/);
  expect(out).toMatch(/uses of grants +0/);
});

test('--metric counts, --resource accepts a short name, and --group-by adds groups with bars', async () => {
  const uses = ['--metric', 'access_count'];
  const { out } = await metrics(...uses, '--group-by', 'resource');
  expect(out).toMatch(/production\/OFTEN +2/);
  expect(out).toMatch(/production\/ONCE +1/);
  const { out: json } = await metrics(...uses, '--resource', 'production/ONCE', '--json');
  expect(JSON.parse(json)).toMatchObject({ metric: 'access_count', count: 1 });
});

test('--group-by without --metric is wrong usage', async () => {
  expect((await metrics('--group-by', 'key')).exit).toBe(2);
});

test.each([
  [undefined, '–'],
  [40, '0.0 s'],
  [2449, '2.4 s'],
  [59_960, '1 min 0 s'],
  [397_900, '6 min 38 s'],
  [3_599_800, '1 h 0 min'],
  [3_900_000, '1 h 5 min'],
])('a time of %s ms is shown as %s', (ms, shown) => {
  expect(elapsed(ms)).toBe(shown);
});
