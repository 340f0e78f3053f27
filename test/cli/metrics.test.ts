/** `mcp:metrics`: a summary, or one metric with bars. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { elapsed } from '../../src/cli/elapsed-time.js';
import { plotOf } from '../../src/cli/metric-plot.js';
import type { Measurement } from '../../src/sdk/index.js';
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

const measured = (
  metric: Measurement['metric'],
  values: readonly (number | undefined)[],
): readonly [Measurement, readonly Measurement[]] => {
  const span = { metric, since: '2026-11-23T10:00:00.000Z', until: '2026-11-24T10:00:00.000Z' };
  const isTime = metric === 'time_to_decision';
  const parts = values.map((value) =>
    isTime
      ? {
          ...span,
          count: value === undefined ? 0 : 1,
          ...(value !== undefined && { median: value }),
        }
      : { ...span, count: value ?? 0 },
  );
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return [{ ...span, count, ...(isTime && { median: 65_000 }) }, parts];
};

test('--plot draws columns whose heights are proportional, with units, a scale and times', () => {
  const values = Array.from({ length: 30 }, (_, at) => (at === 0 ? 8 : at === 29 ? 4 : 0));
  expect(plotOf(...measured('access_count', values)).split('\n')).toEqual([
    'access_count (uses), one column: 48 min 0 s',
    '8 │██',
    '  │██',
    '  │██',
    '  │██',
    `4 │██${' '.repeat(56)}██`,
    ...Array(3).fill(`  │██${' '.repeat(56)}██`),
    `0 └${'─'.repeat(60)}`,
    `   2026-11-23 10:00${' '.repeat(28)}2026-11-24 10:00 UTC`,
    '12 uses; highest 8 uses',
  ]);
});

test('--plot shows times to a decision with their units, and small values beside large ones', () => {
  const values = [600_000, 1000, ...Array<undefined>(28).fill(undefined)];
  const lines = plotOf(...measured('time_to_decision', values)).split('\n');
  expect(lines[1]).toBe('10 min 0 s │██');
  expect(lines[8]).toBe('           │██▁▁');
  expect(lines.at(-1)).toBe('2 decisions, median 1 min 5 s; highest median 10 min 0 s');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('--plot counts each event in one column, and needs a metric', async () => {
  const { exit, out } = await metrics('--metric', 'access_count', '--since', '1h', '--plot');
  expect(exit).toBe(0);
  expect(out).toContain('one column: 2 min 0 s');
  expect(out).toMatch(/^3 │ +██$/m);
  expect(out).toMatch(/^ {2}│ +██$/m);
  expect(out).not.toMatch(/^[12] │/m);
  expect(out).toContain('3 uses; highest 3 uses');
  expect((await metrics('--plot')).exit).toBe(2);
  expect((await metrics('--metric', 'access_count', '--plot', '--json')).exit).toBe(2);
});
