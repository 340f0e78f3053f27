/** `mcp:metrics`: a summary, or one metric with bars. */

import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('without a metric it sums up what became of requests', async () => {
  const { exit, out } = await metrics('--since', '7d');
  expect(exit).toBe(0);
  expect(out).toMatch(/requests +0/);
  expect(out).toMatch(/uses of what was granted +0/);
});

test('a metric is counted, narrowed by a short name, and drawn in parts', async () => {
  const uses = ['--metric', 'access_count'];
  const { out } = await metrics(...uses, '--group-by', 'resource');
  expect(out).toMatch(/production\/OFTEN +2/);
  expect(out).toMatch(/production\/ONCE +1/);
  const { out: json } = await metrics(...uses, '--resource', 'production/ONCE', '--json');
  expect(JSON.parse(json)).toMatchObject({ metric: 'access_count', count: 1 });
});

test('parts need a metric', async () => {
  expect((await metrics('--group-by', 'key')).exit).toBe(2);
});
