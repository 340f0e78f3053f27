/** What Prometheus scrapes, and what Grafana shows of it. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Serving, startServing } from './serving.js';

let serving: Serving;
let token: string;
beforeAll(async () => {
  serving = await startServing();
  token = (await serving.services.key('prometheus', 'service', 'admin@example.com')).token;
  await serving.services.policy();
  const { caller } = await serving.services.agent();
  const { id } = await serving.services.ask(caller);
  const decider = await serving.services.decider('alice@example.com');
  await serving.services.useCases.decide(decider, { approval: id, verdict: 'approve' });
  await serving.services.ask(caller, { renew: true, duration: 120_000 });
});
afterAll(() => serving.close());

const scrape = (headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
  fetch(`${serving.server.url}/metrics`, { headers });

test('only a key with metrics:read whose owner may see everything can scrape the metrics', async () => {
  expect((await scrape({})).status).toBe(401);
  const agent = (await serving.services.agent('nosy')).token;
  expect((await scrape({ authorization: `Bearer ${agent}` })).status).toBe(403);
  const member = (await serving.services.human('member@example.com')).token;
  expect((await scrape({ authorization: `Bearer ${member}` })).status).toBe(403);
  expect((await scrape()).status).toBe(200);
});

test('the metrics match the database, before and after the roll-up job runs', async () => {
  const lines = async () => (await (await scrape()).text()).split('\n');
  const before = await lines();
  expect(before).toContain('vsecure_approvals_pending 1');
  expect(before).toContain('vsecure_grants_active 1');
  expect(before).toContain('vsecure_events_total{type="approval_decided",outcome="approved"} 1');
  expect(before).toContain('vsecure_time_to_decision_seconds_count 1');
  await serving.services.countOn();
  const own = (all: string[]) => all.filter((line) => /^vsecure_(?!audit)/.test(line));
  expect(own(await lines())).toEqual(own(before));
});

test('the metrics name no resource, key or person', async () => {
  const text = await (await scrape()).text();
  for (const name of ['DATABASE_URL', 'claude-desktop', '@example.com', 'prin_', 'appr_'])
    expect(text).not.toContain(name);
});

const dashboard = z.object({
  title: z.string(),
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) }),
  ),
});

test('every panel of the Grafana dashboard queries metrics that exist', async () => {
  const file = new URL('../../docs/grafana-dashboard.json', import.meta.url);
  const { panels } = dashboard.parse(JSON.parse(readFileSync(file, 'utf8')));
  const text = await (await scrape()).text();
  expect(panels.length).toBeGreaterThan(5);
  for (const { title, targets } of panels)
    for (const { expr } of targets) {
      const names = expr.match(/\b(?:vsecure|process|nodejs)_[a-z0-9_]+/g) ?? [];
      expect(names, title).not.toEqual([]);
      for (const name of names)
        expect(text, `${title}: ${name}`).toMatch(
          new RegExp(`^# TYPE ${name.replace(/_bucket$/, '')} `, 'm'),
        );
    }
});
