/** Alerts: rules over metrics, three built-in rules, and the validation of a rule. */

import { formatDuration } from './duration.js';
import { DAY, HOUR, MINUTE } from './limits.js';
import { parsePattern } from './pattern.js';
import { isKeyName } from './principal.js';
import { ok, type Result, refused } from './result.js';
import type { Metric, Operation, ReceiverKind } from './vocabulary.js';

/** Rules without a threshold of their own: they compare a key with its own past. */
export const BUILT_IN_RULES = ['novel_access', 'unusual_hours', 'burst'] as const;
export type BuiltInRule = (typeof BUILT_IN_RULES)[number];

export type AlertState = 'firing' | 'resolved' | 'silenced';

/** Settings that every rule has. */
interface Settings {
  readonly name: string;
  /** Milliseconds after firing during which the rule does not fire again for the same subject. */
  readonly cooldown: number;
  /** Undefined: every receiver that accepts alerts. */
  readonly to?: readonly ReceiverKind[] | undefined;
  readonly enabled: boolean;
}

export interface MetricRule extends Settings {
  readonly metric: Metric;
  /** A full resource URI or pattern. */
  readonly resource?: string | undefined;
  /** A key's name. */
  readonly key?: string | undefined;
  readonly operation?: Operation | undefined;
  /** The rule fires above this value, not at it. For `time_to_decision`: the median in seconds. */
  readonly threshold: number;
  /** Milliseconds before now that the rule measures. */
  readonly period: number;
}

export interface BuiltIn extends Settings {
  readonly name: BuiltInRule;
  readonly metric?: undefined;
}

export type AlertRule = MetricRule | BuiltIn;

/** An absent field keeps its value, or gets its default in a new rule. Null removes a filter. */
export interface AlertRuleChange {
  readonly metric?: Metric | undefined;
  readonly resource?: string | null | undefined;
  readonly key?: string | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly threshold?: number | undefined;
  readonly period?: number | undefined;
  readonly cooldown?: number | undefined;
  readonly to?: readonly ReceiverKind[] | null | undefined;
  readonly enabled?: boolean | undefined;
}

/** What a rule measured for one key. The subject is empty when the rule counts across all keys. */
export interface Observation {
  readonly subject: string;
  readonly value: number;
  /** The rule fires above this value. */
  readonly threshold: number;
}

export interface Alert extends Observation {
  readonly rule: string;
  readonly state: AlertState;
  readonly firedAt: Date;
  readonly resolvedAt?: Date | undefined;
  readonly silencedUntil?: Date | undefined;
}

const COOLDOWN_DEFAULT = HOUR;
export const PERIOD_MAX = 7 * DAY;
const THRESHOLD_MAX = 1_000_000_000;
/** Rules in one installation. Each rule costs one query a minute. */
export const ALERT_RULES_MAX = 100;

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** How far back each built-in rule looks for current activity (ms). */
export const BUILT_IN_PERIOD: Record<BuiltInRule, number> = {
  novel_access: HOUR,
  unusual_hours: HOUR,
  burst: 10 * MINUTE,
};

const isBuiltIn = (name: string): name is BuiltInRule =>
  BUILT_IN_RULES.some((known) => known === name);

export const builtIn = (name: BuiltInRule): BuiltIn => ({
  name,
  cooldown: COOLDOWN_DEFAULT,
  enabled: true,
});

/** Returns the rule after the change, or a refusal. The refusal never repeats the input. */
export function changedRule(
  name: string,
  before: AlertRule | undefined,
  change: AlertRuleChange,
): Result<AlertRule> {
  if (!NAME.test(name))
    return invalid(
      'A rule name has 1 to 64 lower-case letters, digits, _ and -, and begins with a letter or digit.',
    );
  const settings = {
    cooldown: change.cooldown ?? before?.cooldown ?? COOLDOWN_DEFAULT,
    to: orBefore(change.to, before?.to),
    enabled: change.enabled ?? before?.enabled ?? true,
  };
  const problem = settingsProblem(settings);
  if (problem) return invalid(problem);
  if (isBuiltIn(name)) return changedBuiltIn({ ...settings, name }, change);
  const old = before?.metric === undefined ? undefined : before;
  const { metric = old?.metric, threshold = old?.threshold, period = old?.period } = change;
  if (metric === undefined || threshold === undefined || period === undefined)
    return invalid('A new rule needs a metric, a threshold and a period.');
  const filter = {
    resource: orBefore(change.resource, old?.resource),
    key: orBefore(change.key, old?.key),
    operation: orBefore(change.operation, old?.operation),
  };
  return checked({ ...settings, ...filter, name, metric, threshold, period });
}

const invalid = (problem: string) => refused({ code: 'invalid_input', problem });

const orBefore = <T>(change: T | null | undefined, before: T | undefined): T | undefined =>
  change === null ? undefined : (change ?? before);

function settingsProblem({ cooldown, to }: Omit<Settings, 'name'>): string | undefined {
  if (!Number.isSafeInteger(cooldown) || cooldown < 0 || cooldown > PERIOD_MAX)
    return `The cooldown can be at most ${formatDuration(PERIOD_MAX)}.`;
  if (to && (to.length === 0 || new Set(to).size < to.length))
    return 'Name each receiver only once. To notify all receivers, name none.';
  return undefined;
}

function changedBuiltIn(rule: BuiltIn, change: AlertRuleChange): Result<BuiltIn> {
  const { metric, resource, key, operation, threshold, period } = change;
  const fixed = [metric, resource, key, operation, threshold, period];
  return fixed.every((one) => one === undefined)
    ? ok(rule)
    : invalid('A built-in rule only accepts enabled, cooldown and to.');
}

function checked(rule: MetricRule): Result<MetricRule> {
  const { resource, key, threshold, period } = rule;
  const pattern = resource === undefined ? undefined : parsePattern(resource);
  if (pattern && !pattern.ok) return pattern;
  if (key !== undefined && !isKeyName(key)) return invalid('This is not a valid key name.');
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > THRESHOLD_MAX)
    return invalid(`The threshold must be a whole number from 0 to ${THRESHOLD_MAX}.`);
  if (!Number.isSafeInteger(period) || period < MINUTE || period > PERIOD_MAX)
    return invalid(`The period must be from 1m to ${formatDuration(PERIOD_MAX)}.`);
  return ok(rule);
}
