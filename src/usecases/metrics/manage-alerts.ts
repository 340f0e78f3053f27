/** Configure alert rules, list alerts, and silence them. */

import {
  ALERT_RULES_MAX,
  type Alert,
  type AlertRule,
  type AlertRuleChange,
  changedRule,
  PERIOD_MAX,
} from '../../domain/alert.js';
import { keyActor } from '../../domain/audit-event.js';
import { formatDuration } from '../../domain/duration.js';
import { REASON_MAX } from '../../domain/limits.js';
import { isKeyName } from '../../domain/principal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import { storable } from '../../domain/text.js';
import type { Store, Tx } from '../../ports/index.js';
import { changeAs } from '../authorization/change-as.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { alertName, allRules } from './evaluate-alerts.js';

export interface Silence {
  readonly rule: string;
  /** Silence only this key. Undefined: the whole rule. */
  readonly key?: string | undefined;
  /** Milliseconds from now. */
  readonly duration: number;
  readonly reason: string;
}

export interface Silenced {
  readonly alert: string;
  readonly until: Date;
}

export interface ManageAlerts {
  listAlertRules(caller: Caller): Promise<Result<readonly AlertRule[]>>;
  listAlerts(caller: Caller): Promise<Result<readonly Alert[]>>;
  /** Changes the rule with this name, or creates it. */
  setAlertRule(
    caller: Caller,
    name: string,
    change: AlertRuleChange,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<AlertRule>>;
  /** A built-in rule is reset to its defaults. */
  removeAlertRule(
    caller: Caller,
    name: string,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<{ name: string }>>;
  silenceAlert(
    caller: Caller,
    silence: Silence,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<Silenced>>;
}

export function createManageAlerts(store: Store, idempotent: Idempotent): ManageAlerts {
  const changing = async <T>(
    caller: Caller,
    idempotencyKey: IdempotencyKey | undefined,
    change: (tx: Tx) => Promise<Result<T>>,
  ): Promise<Result<T>> =>
    requireScope(caller, 'notifications:manage') ??
    changeAs({ store, idempotent }, caller, idempotencyKey, change);

  return {
    listAlertRules: async (caller) => requireReadScope(caller) ?? ok(await allRules(store)),
    listAlerts: async (caller) => requireReadScope(caller) ?? ok(await store.alerts.list()),
    setAlertRule: (caller, name, change, idempotencyKey) =>
      changing(caller, idempotencyKey, (tx) => setRule(tx, caller, name, change)),
    removeAlertRule: (caller, name, idempotencyKey) =>
      changing(caller, idempotencyKey, (tx) => removeRule(tx, caller, name)),
    silenceAlert: (caller, silence, idempotencyKey) =>
      changing(caller, idempotencyKey, (tx) => silenceRule(tx, caller, silence)),
  };
}

const requireReadScope = (caller: Caller) =>
  may(caller, 'metrics:read') ? undefined : requireScope(caller, 'notifications:manage');

async function setRule(
  tx: Tx,
  caller: Caller,
  name: string,
  change: AlertRuleChange,
): Promise<Result<AlertRule>> {
  await tx.alerts.lockRules();
  const rules = await allRules(tx);
  const before = rules.find((rule) => rule.name === name);
  const after = changedRule(name, before, change);
  if (!after.ok) return after;
  if (!before && rules.length >= ALERT_RULES_MAX)
    return refused({
      code: 'invalid_input',
      problem: `The limit of ${ALERT_RULES_MAX} rules is reached. Remove a rule first.`,
    });
  await tx.alerts.setRule(after.value);
  const { to, name: rule, ...settings } = after.value;
  // Not named `to`: in an event that field selects the receivers of the event itself.
  const details = { ...settings, rule, ...(to && { receivers: to }) };
  tx.record({ type: 'alert_rule_changed', actor: keyActor(caller), details });
  return after;
}

async function removeRule(tx: Tx, caller: Caller, name: string): Promise<Result<{ name: string }>> {
  await tx.alerts.lockRules();
  if (!(await tx.alerts.removeRule(name))) return refused({ code: 'not_found' });
  const details = { rule: name, removed: true };
  tx.record({ type: 'alert_rule_changed', actor: keyActor(caller), details });
  return ok({ name });
}

async function silenceRule(tx: Tx, caller: Caller, silence: Silence): Promise<Result<Silenced>> {
  const { rule: name, key = '', duration } = silence;
  await tx.alerts.lockRules();
  const rule = (await allRules(tx)).find((one) => one.name === name);
  if (!rule) return refused({ code: 'not_found' });
  const reason = storable(silence.reason);
  const problem = silenceProblem({ key, duration, reason });
  if (problem) return refused({ code: 'invalid_input', problem });
  const until = await tx.alerts.silence(name, key, duration, reason);
  const alert = alertName(name, key);
  const details = { alert, rule: name, until: until.toISOString() };
  tx.record({
    type: 'alert_silenced',
    actor: keyActor(caller),
    reason,
    details: { ...details, ...(rule.to && { to: rule.to }) },
  });
  return ok({ alert, until });
}

function silenceProblem({ key, duration, reason }: Omit<Silence, 'rule'>): string | undefined {
  if (key && !isKeyName(key)) return 'This is not a valid key name.';
  if (!Number.isSafeInteger(duration) || duration <= 0 || duration > PERIOD_MAX)
    return `A silence can last at most ${formatDuration(PERIOD_MAX)}.`;
  if (reason.trim() === '' || reason.length > REASON_MAX) return 'A silence needs a reason.';
  return undefined;
}
