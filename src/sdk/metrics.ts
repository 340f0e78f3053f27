/** `client.mcp.metrics`: metrics over a period. */

import type { z } from 'zod';
import { metricRoutes, type WireMeasurement, type WireMetricsSummary } from '../contract/metric.js';
import { fullUri } from '../contract/short-name.js';
import type { Call, CallOptions } from './call.js';

/** `period`: a time span up to now, such as `1h`. Or `since` and `until`, as in `auditLogs`. Default: the last day. `resource`: a name or pattern. */
export type MetricsQuery = z.input<typeof metricRoutes.measure.query>;

export function createMetrics(call: Call) {
  return {
    /**
     * Measures one metric over everything that the key may see. `access_count` counts uses, `time_to_decision` counts decisions by
     * people and gives their times in ms, the other metrics count requests. `groupBy` adds `series`, largest first.
     */
    metrics: (
      { resource, ...query }: MetricsQuery,
      { signal }: CallOptions = {},
    ): Promise<WireMeasurement> =>
      call(metricRoutes.measure, {
        query: { ...query, resource: resource === undefined ? undefined : fullUri(resource) },
        signal,
      }),
    /** Summarises requests, decisions, decision times and uses. */
    metricsSummary: (
      query: z.input<typeof metricRoutes.summary.query> = {},
      { signal }: CallOptions = {},
    ): Promise<WireMetricsSummary> => call(metricRoutes.summary, { query, signal }),
  };
}
