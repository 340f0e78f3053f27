/** Metrics on the wire: numbers alone. */

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
  /** The largest first. */
  series: z.array(z.object({ name: z.string(), ...measured })).optional(),
});
described.add(measurement, { id: 'Measurement' });
export type WireMeasurement = z.output<typeof measurement>;

/** Of the requests that were first asked within the span. Shares are of all of them, 0 to 1. */
const summary = z.object({
  requests: z.int(),
  approved: z.int(),
  denied: z.int(),
  expired: z.int(),
  cancelled: z.int(),
  pending: z.int(),
  automatic: z.int(),
  decided: z.int(),
  /** Decided within 3 s of being asked: hardly read. */
  hasty: z.int(),
  uses: z.int(),
  /** Milliseconds to the decision of people. */
  median: z.number().optional(),
  percentile95: z.number().optional(),
  unansweredShare: z.number(),
  automaticShare: z.number(),
});
described.add(summary, { id: 'MetricsSummary' });
export type WireMetricsSummary = z.output<typeof summary>;

const SCOPES = ['metrics:read'] as const;

/** `period`: the time up to now; `since` and `until`: a span of one's own. */
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
    summary: 'One number over a period, of what you may see; with groupBy in parts as well.',
    scopes: SCOPES,
    query: z.strictObject({
      metric: metricName,
      ...span,
      resource: uri.optional(),
      /** A key's name. */
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
    summary: 'How much was asked, how it was decided and how fast, of what you may see.',
    scopes: SCOPES,
    query: z.strictObject(span),
    answer: summary,
  },
} as const satisfies Record<string, Route>;
