/** `client.mcp.metrics`: numbers over a period. */

import type { z } from 'zod';
import { metricRoutes, type WireMeasurement, type WireMetricsSummary } from '../contract/metric.js';
import { fullUri } from '../contract/short-name.js';
import type { Call, CallOptions } from './call.js';

/** `period`: the time up to now, `1h`; or `since` and `until` as in `auditLogs`. Default: the last day. `resource`: a name or pattern. */
export type MetricsQuery = z.input<typeof metricRoutes.measure.query>;

export function createMetrics(call: Call) {
  return {
    /**
     * One number of what the key may see: `access_count` counts uses, `time_to_decision` the decisions of people, with their times in
     * ms, the others requests. `groupBy` adds `series`, the largest first.
     */
    metrics: (
      { resource, ...query }: MetricsQuery,
      { signal }: CallOptions = {},
    ): Promise<WireMeasurement> =>
      call(metricRoutes.measure, {
        query: { ...query, resource: resource === undefined ? undefined : fullUri(resource) },
        signal,
      }),
    /** How much was asked, how it was decided and how fast. */
    metricsSummary: (
      query: z.input<typeof metricRoutes.summary.query> = {},
      { signal }: CallOptions = {},
    ): Promise<WireMetricsSummary> => call(metricRoutes.summary, { query, signal }),
  };
}
