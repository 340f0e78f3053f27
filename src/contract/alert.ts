/** Alerts and alert rules in the API. */

import { z } from 'zod';
import { METRICS, RECEIVERS } from '../domain/vocabulary.js';
import { accepts } from './accepted-values.js';
import {
  decisionReason,
  duration,
  operation,
  page,
  principalName,
  timestamp,
  uri,
} from './fields.js';
import { listOf, noInput, type Route } from './route.js';
import { described } from './schema-names.js';

/** Characters. */
const RULE_NAME_MAX = 64;
const RULE_NAME = accepts(
  'a rule name',
  `1 to ${RULE_NAME_MAX} lower-case letters, digits, _ and -, starting with a letter or digit`,
);
const ruleName = z
  .string(RULE_NAME)
  .max(RULE_NAME_MAX, RULE_NAME)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, RULE_NAME);
const metric = z.enum(METRICS);
const receivers = z.array(z.enum(RECEIVERS)).min(1).max(RECEIVERS.length);
const threshold = z.int().min(0).max(1_000_000_000);

const rule = z.object({
  name: z.string(),
  /** A built-in rule has no metric, filters, threshold or period. */
  metric: metric.optional(),
  resource: z.string().optional(),
  key: z.string().optional(),
  operation: operation.optional(),
  /** The rule fires above this value. For time_to_decision, in seconds. */
  threshold: z.int().optional(),
  period: z.string().optional(),
  cooldown: z.string(),
  /** Absent: every receiver that gets alerts. */
  to: z.array(z.enum(RECEIVERS)).optional(),
  enabled: z.boolean(),
});
described.add(rule, { id: 'AlertRule' });
export type WireAlertRule = z.output<typeof rule>;

const alert = z.object({
  rule: z.string(),
  /** Name of the API key that the alert is about. Set by built-in rules. */
  key: z.string().optional(),
  state: z.enum(['firing', 'resolved', 'silenced']),
  value: z.number(),
  threshold: z.number(),
  firedAt: timestamp,
  resolvedAt: timestamp.optional(),
  silencedUntil: timestamp.optional(),
});
described.add(alert, { id: 'Alert' });
export type WireAlert = z.output<typeof alert>;

export const alertRoutes = {
  list: {
    ...noInput,
    method: 'GET',
    path: '/alerts',
    summary: 'List current and past alerts.',
    scopes: ['metrics:read', 'notifications:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(alert),
  },
  rules: {
    ...noInput,
    method: 'GET',
    path: '/alerts/rules',
    summary: 'List alert rules, including the built-in ones.',
    scopes: ['metrics:read', 'notifications:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(rule),
  },
  set: {
    ...noInput,
    method: 'PATCH',
    path: '/alerts/rules',
    summary: 'Create a rule, or change the given settings of one. Null removes a filter.',
    scopes: ['notifications:manage'],
    body: z.strictObject({
      name: ruleName,
      metric: metric.optional(),
      resource: uri.nullish(),
      key: principalName.nullish(),
      operation: operation.nullish(),
      threshold: threshold.optional(),
      period: duration.optional(),
      cooldown: duration.optional(),
      to: receivers.nullish(),
      enabled: z.boolean().optional(),
    }),
    answer: rule,
  },
  remove: {
    ...noInput,
    method: 'POST',
    path: '/alerts/rules/remove',
    summary: 'Remove a rule and its alerts. A built-in rule returns to its defaults.',
    scopes: ['notifications:manage'],
    body: z.strictObject({ name: ruleName }),
    answer: z.object({ name: z.string() }),
  },
  silence: {
    ...noInput,
    method: 'POST',
    path: '/alerts/silence',
    summary: 'Keep a rule from firing for a while, for all keys or for one.',
    scopes: ['notifications:manage'],
    body: z.strictObject({
      rule: ruleName,
      key: principalName.optional(),
      duration,
      reason: decisionReason,
    }),
    answer: z.object({ alert: z.string(), until: timestamp }),
  },
} as const satisfies Record<string, Route>;
