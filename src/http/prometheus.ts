/** `GET /metrics` for Prometheus, for a key with `metrics:read`. Counts of the whole installation, from the database, without names of people or keys. */

import type { RequestHandler } from 'express';
import { Router } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Gauges } from '../ports/index.js';
import type { UseCases } from '../usecases/index.js';
import { callerOf } from './bearer.js';
import { sendRefusal } from './problem.js';

/** Memory, CPU and event loop of this process, in one registry for the whole process: prom-client registers its collectors once. */
const processMetrics = new Registry();
collectDefaultMetrics({ register: processMetrics });

export function createPrometheus(
  { readGauges }: Pick<UseCases, 'readGauges'>,
  admission: readonly RequestHandler[],
): Router {
  const router = Router();
  router.get('/metrics', ...admission, async (req, res) => {
    const gauges = await readGauges(callerOf(req));
    if (!gauges.ok) return sendRefusal(res, gauges.refusal);
    const text = `${await registryOf(gauges.value).metrics()}${decisionTimes(gauges.value)}${await processMetrics.metrics()}`;
    res.set({ 'Content-Type': processMetrics.contentType, 'Cache-Control': 'no-store' }).send(text);
  });
  return router;
}

/** Built from the database for each scrape, so that all processes report the same counters. */
function registryOf(gauges: Gauges): Registry {
  const registry = new Registry();
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const events = counter('vsecure_events_total', 'Audit events.', ['type', 'outcome']);
  for (const { type, outcome, count } of gauges.events) events.inc({ type, outcome }, count);
  gauge('vsecure_approvals_pending', 'Pending requests.').set(gauges.pending);
  gauge('vsecure_grants_active', 'Active grants.').set(gauges.active);
  gauge('vsecure_audit_sequence', 'Sequence number of the latest audit event.').set(gauges.head);
  const waiting = gauge('vsecure_deliveries_waiting', 'Outbox rows that are not sent yet.', [
    'destination',
  ]);
  for (const { destination, count } of gauges.waiting) waiting.set({ destination }, count);
  const dead = gauge(
    'vsecure_deliveries_dead',
    'Outbox rows that failed permanently; they can be replayed.',
    ['destination'],
  );
  for (const { destination, count } of gauges.dead) dead.set({ destination }, count);
  return registry;
}

/** The database counts this histogram, so its lines are written by hand: prom-client cannot import one. */
function decisionTimes({ decisions: { bounds, count, sum } }: Gauges): string {
  const name = 'vsecure_time_to_decision_seconds';
  const buckets = bounds.map((bound) => `${name}_bucket{le="${bound.le}"} ${bound.count}`);
  return [
    `# HELP ${name} Time from a request to a person's decision.`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sum}`,
    `${name}_count ${count}`,
    '',
  ].join('\n');
}
