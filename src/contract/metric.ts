/** Metrics in the API. They contain only numbers. */

import { z } from 'zod';
import { GROUPINGS, METRICS } from '../domain/vocabulary.js';
import { duration, moment, operation, principalName, timestamp, uri } from './fields.js';
import { noInput, type Route } from './route.js';
import { described } from './schema-names.js';

export const metricName = z.enum(METRICS);
export const grouping = z.enum(GROUPINGS);

/** Times are in milliseconds. */
const measured = {
  count: z.int(),
  median: z.number().optional(),
  percentile95: z.number().optional(),
  percentile99: z.number().optional(),
};

const measurement = z.object({
  metric: metricName,
  since: timestamp,
  until: timestamp,
  ...measured,
  /** Largest first. */
  series: z.array(z.object({ name: z.string(), ...measured })).optional(),
});
described.add(measurement, { id: 'Measurement' });
export type WireMeasurement = z.output<typeof measurement>;

/** Covers the requests that were first made within the time span. Shares are fractions of all of them, 0 to 1. */
const summary = z.object({
  requests: z.int(),
  approved: z.int(),
  denied: z.int(),
  expired: z.int(),
  cancelled: z.int(),
  pending: z.int(),
  automatic: z.int(),
  decided: z.int(),
  /** Decisions within 3 s of the request: too fast to have read it. */
  hasty: z.int(),
  uses: z.int(),
  /** Milliseconds until people decided. */
  median: z.number().optional(),
  percentile95: z.number().optional(),
  unansweredShare: z.number(),
  automaticShare: z.number(),
});
described.add(summary, { id: 'MetricsSummary' });
export type WireMetricsSummary = z.output<typeof summary>;

const SCOPES = ['metrics:read'] as const;

/** `period`: a time span up to now. Or `since` and `until`. */
const span = {
  period: duration.optional(),
  since: moment.optional(),
  until: moment.optional(),
};

export const metricRoutes = {
  measure: {
    ...noInput,
    method: 'GET',
    path: '/metrics',
    summary:
      'Measure one metric over a period, from what you may see. With groupBy, also in groups.',
    scopes: SCOPES,
    query: z.strictObject({
      metric: metricName,
      ...span,
      resource: uri.optional(),
      /** API key name. */
      key: principalName.optional(),
      operation: operation.optional(),
      groupBy: grouping.optional(),
    }),
    answer: measurement,
  },
  summary: {
    ...noInput,
    method: 'GET',
    path: '/metrics/summary',
    summary: 'Summarise requests, decisions, decision times and uses, from what you may see.',
    scopes: SCOPES,
    query: z.strictObject(span),
    answer: summary,
  },
} as const satisfies Record<string, Route>;
