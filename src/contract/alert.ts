/** Alerts and their rules on the wire. */

import { z } from 'zod';
import { METRICS, RECEIVERS } from '../domain/vocabulary.js';
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

const ruleName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
  error: 'the name of a rule has 1 to 64 lower-case letters, digits, _ and -',
});
const metric = z.enum(METRICS);
const receivers = z.array(z.enum(RECEIVERS)).min(1).max(RECEIVERS.length);
const threshold = z.int().min(0).max(1_000_000_000);

const rule = z.object({
  name: z.string(),
  /** Absent in a built-in rule, with all that belongs to it. */
  metric: metric.optional(),
  resource: z.string().optional(),
  key: z.string().optional(),
  operation: operation.optional(),
  /** It fires over it; of time_to_decision it is seconds. */
  threshold: z.int().optional(),
  period: z.string().optional(),
  cooldown: z.string(),
  /** Absent: every receiver that wants alerts. */
  to: z.array(z.enum(RECEIVERS)).optional(),
  enabled: z.boolean(),
});
described.add(rule, { id: 'AlertRule' });
export type WireAlertRule = z.output<typeof rule>;

const alert = z.object({
  rule: z.string(),
  /** The key's name, of a built-in rule. */
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
    summary: 'What alerts there are and were.',
    scopes: ['metrics:read', 'notifications:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(alert),
  },
  rules: {
    ...noInput,
    method: 'GET',
    path: '/alerts/rules',
    summary: 'What raises an alert; the built-in rules too.',
    scopes: ['metrics:read', 'notifications:manage'],
    query: z.strictObject(page.shape),
    answer: listOf(rule),
  },
  set: {
    ...noInput,
    method: 'PATCH',
    path: '/alerts/rules',
    summary: 'Make a rule, or change what is named of it. Null takes a filter away.',
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
    summary: 'Remove a rule with its alerts; a built-in one becomes again what it was.',
    scopes: ['notifications:manage'],
    body: z.strictObject({ name: ruleName }),
    answer: z.object({ name: z.string() }),
  },
  silence: {
    ...noInput,
    method: 'POST',
    path: '/alerts/silence',
    summary: 'Let a rule fire nothing for a time, or nothing of one key.',
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
