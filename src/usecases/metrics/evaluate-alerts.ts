/** The job behind alerts: looks at the last period up to now alone, so a time without a server is not made up for by a flood. */

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

/** Every rule, whatever becomes of the others. Throws in the end when some could not be evaluated. */
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

/** The built-in ones, as they were changed or as they are, and then those that people made. */
export async function allRules({ alerts }: Pick<Reads, 'alerts'>): Promise<readonly AlertRule[]> {
  const set = await alerts.rules();
  const known = new Map(set.map((rule) => [rule.name, rule]));
  return [
    ...BUILT_IN_RULES.map((name) => known.get(name) ?? builtIn(name)),
    ...set.filter(({ metric }) => metric !== undefined),
  ];
}

/** A rule that is switched off finds nothing, so what fires of it is resolved. */
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

/** `burst:claude-desktop`; of a rule that counts it is the rule's own name. */
export const alertName = (rule: string, subject: string) =>
  subject === '' ? rule : `${rule}:${subject}`;
