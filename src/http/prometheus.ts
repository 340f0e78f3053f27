/** `GET /metrics` for Prometheus, for a key with `metrics:read`. Numbers of the whole installation, from the database; no name of anybody in them. */

import type { RequestHandler } from 'express';
import { Router } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Gauges } from '../ports/index.js';
import type { UseCases } from '../usecases/index.js';
import { callerOf } from './bearer.js';
import { sendRefusal } from './problem.js';

/** Of this process: memory, CPU, event loop. Collected once, whoever asks. */
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

/** Built anew from what the database says, so that counters never disagree between processes. */
function registryOf(gauges: Gauges): Registry {
  const registry = new Registry();
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const events = counter('vsecure_events_total', 'Events on the audit trail.', ['type', 'outcome']);
  for (const { type, outcome, count } of gauges.events) events.inc({ type, outcome }, count);
  gauge('vsecure_approvals_pending', 'Requests that wait for a person.').set(gauges.pending);
  gauge('vsecure_grants_active', 'Grants in force.').set(gauges.active);
  gauge('vsecure_audit_sequence', 'The number of the last event.').set(gauges.head);
  const waiting = gauge('vsecure_deliveries_waiting', 'Still to be told.', ['destination']);
  for (const { destination, count } of gauges.waiting) waiting.set({ destination }, count);
  const dead = gauge('vsecure_deliveries_dead', 'Given up, and can be replayed.', ['destination']);
  for (const { destination, count } of gauges.dead) dead.set({ destination }, count);
  return registry;
}

/** A histogram that was counted by the database: prom-client has no way to take one over. */
function decisionTimes({ decisions: { bounds, count, sum } }: Gauges): string {
  const name = 'vsecure_time_to_decision_seconds';
  const buckets = bounds.map((bound) => `${name}_bucket{le="${bound.le}"} ${bound.count}`);
  return [
    `# HELP ${name} From asking to the decision of a person.`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sum}`,
    `${name}_count ${count}`,
    '',
  ].join('\n');
}
