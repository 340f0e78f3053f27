/** Counts requests and decisions in one statement. */

import type { AccessMetrics, MetricsReads } from '../ports/index.js';
import { approvalStatus } from './approval-row.js';
import { gauges } from './gauges.js';
import { metricQueries } from './metric-queries.js';
import { only, type Sql } from './sql.js';
import { requestVisibilityParameters, requestVisible } from './visibility.js';

/** Milliseconds. A person cannot have read the request in less. */
const HASTE = 3000;

const COUNT = `
  with chosen as (
    select ${approvalStatus('a')} as status, a.settled_by is null as unsettled_by, g.uses,
      case when a.status in ('approved', 'denied') and a.settled_by is not null
        then extract(epoch from a.settled_at - a.created_at)::float8 * 1000 end as took
    from approval a left join access_grant g on g.approval_id = a.id
    where a.created_at >= $1 and ($2::timestamptz is null or a.created_at < $2)
      and ${requestVisible('a', 3)})
  select count(*)::int as requests,
    count(*) filter (where status = 'approved')::int as approved,
    count(*) filter (where status = 'denied')::int as denied,
    count(*) filter (where status = 'expired')::int as expired,
    count(*) filter (where status = 'cancelled')::int as cancelled,
    count(*) filter (where status = 'pending')::int as pending,
    count(*) filter (where status = 'approved' and unsettled_by)::int as automatic,
    count(took)::int as decided,
    count(*) filter (where took < ${HASTE})::int as hasty,
    percentile_cont(0.5) within group (order by took) as median,
    percentile_cont(0.95) within group (order by took) as percentile95,
    coalesce(sum(uses), 0)::int as uses
  from chosen`;

interface CountRow extends Omit<AccessMetrics, 'median' | 'percentile95'> {
  readonly median: number | null;
  readonly percentile95: number | null;
}

export function metricsReads(sql: Sql): MetricsReads {
  return {
    ...metricQueries(sql),
    gauges: gauges(sql),

    async access(visibility, span) {
      const { since, until } = span;
      const seen = await requestVisibilityParameters(sql, visibility, span);
      const parameters = [since, until ?? null, ...seen];
      const { median, percentile95, ...counts } = only(await sql<CountRow>(COUNT, parameters));
      return { ...counts, median: median ?? undefined, percentile95: percentile95 ?? undefined };
    },
  };
}
