/** Evaluate alert rules. The job measures only the last period before now, so it does not fire a flood of alerts after a downtime. */

import {
  type AlertRule,
  BUILT_IN_PERIOD,
  BUILT_IN_RULES,
  builtIn,
  type Observation,
} from '../../domain/alert.js';
import { type AuditEvent, systemActor } from '../../domain/audit-event.js';
import { ownVisibility } from '../../domain/visibility.js';
import type { Reads, Store } from '../../ports/index.js';

/** Evaluates every rule, even if others fail. Throws at the end if some rules failed. */
export type EvaluateAlerts = () => Promise<void>;

export function createEvaluateAlerts(store: Store): EvaluateAlerts {
  return async () => {
    const faults: unknown[] = [];
    for (const rule of await allRules(store)) {
      try {
        await evaluate(store, rule);
      } catch (fault) {
        faults.push(fault);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'rules that could not be evaluated');
  };
}

/** The built-in rules with their changes, followed by the rules that operators created. */
export async function allRules({ alerts }: Pick<Reads, 'alerts'>): Promise<readonly AlertRule[]> {
  const set = await alerts.rules();
  const known = new Map(set.map((rule) => [rule.name, rule]));
  return [
    ...BUILT_IN_RULES.map((name) => known.get(name) ?? builtIn(name)),
    ...set.filter(({ metric }) => metric !== undefined),
  ];
}

/** A disabled rule observes nothing, so its firing alerts are resolved. */
async function evaluate(store: Store, rule: AlertRule): Promise<void> {
  const found = rule.enabled ? await observe(store, rule) : [];
  const over = found.filter(({ value, threshold }) => value > threshold);
  await store.transaction(async (tx) => {
    const subjects = over.map(({ subject }) => subject);
    for (const one of await tx.alerts.resolveOthers(rule.name, subjects))
      tx.record(event('alert_resolved', rule, one));
    for (const one of over)
      if (await tx.alerts.fire(rule.name, one, rule.cooldown))
        tx.record(event('alert_fired', rule, one));
  });
}

async function observe(store: Store, rule: AlertRule): Promise<readonly Observation[]> {
  if (rule.metric === undefined) return store.alerts.findAnomalies(rule.name);
  const { metric, resource, key, operation, threshold, period } = rule;
  const since = new Date((await store.now()).getTime() - period);
  const filter = { metric, resource, key, operation, since };
  const { count, median = 0 } = await store.metrics.measure(ownVisibility(true, []), filter);
  const value = metric === 'time_to_decision' ? Math.ceil(median / 1000) : count;
  return [{ subject: '', value, threshold }];
}

function event(
  type: 'alert_fired' | 'alert_resolved',
  rule: AlertRule,
  { subject, value, threshold }: Observation,
): AuditEvent {
  const period = rule.metric === undefined ? BUILT_IN_PERIOD[rule.name] : rule.period;
  return {
    type,
    actor: systemActor('alerts'),
    details: {
      alert: alertName(rule.name, subject),
      rule: rule.name,
      metric: rule.metric ?? rule.name,
      threshold,
      value,
      period,
      ...(subject !== '' && { key: subject }),
      ...(rule.to && { to: rule.to }),
    },
  };
}

/** For example `burst:claude-desktop`. Without a subject it is the rule's name. */
export const alertName = (rule: string, subject: string) =>
  subject === '' ? rule : `${rule}:${subject}`;
