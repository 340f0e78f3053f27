/** Metrics of requests and uses, as one number or by group. */

import { patternRegex } from '../domain/pattern.js';
import type { VisibilityScope } from '../domain/visibility.js';
import type { Grouping, Metric } from '../domain/vocabulary.js';
import type { Measured, MetricGroup, MetricQuery, MetricsReads, UseCount } from '../ports/index.js';
import { approvalStatus } from './approval-row.js';
import { only, type Sql } from './sql.js';
import { countUses } from './use-counts.js';
import { requestVisibilityParameters, requestVisible } from './visibility.js';

/** Which requests count. Their time is the time of the first request. */
const COUNTED: Record<Exclude<Metric, 'access_count'>, string> = {
  request_count: 'true',
  denied_count: `a.status = 'denied'`,
  auto_approved_count: `a.status = 'approved' and a.settled_by is null`,
  time_to_decision: `a.status in ('approved', 'denied') and a.settled_by is not null`,
};

const NAMES: Record<Grouping, string> = {
  resource: 'r.resource',
  key: 'p.name',
  operation: 'a.operation',
  outcome: approvalStatus('a'),
};

const TOOK = 'extract(epoch from a.settled_at - a.created_at)::float8 * 1000';
const percentile = (share: number) => `percentile_cont(${share}) within group (order by ${TOOK})`;

/** Numbers of parameters as in `parametersOf`. */
const CHOSEN = `
  a.created_at >= $1 and ($2::timestamptz is null or a.created_at < $2)
  and ($3::text is null or p.name = $3) and ($4::text is null or a.operation = $4)
  and ($5::text is null or exists (select from unnest(a.resources) one where one ~ $5))
  and ${requestVisible('a', 6)}`;

const parametersOf = ({ since, until, key, operation, resource }: MetricQuery) => [
  since,
  until ?? null,
  key ?? null,
  operation ?? null,
  resource === undefined ? null : patternRegex(resource),
];

interface MeasuredRow {
  readonly name: string;
  readonly count: number;
  readonly median: number | null;
  readonly percentile95: number | null;
  readonly percentile99: number | null;
}

export function metricQueries(sql: Sql): Pick<MetricsReads, 'measure' | 'series' | 'uses'> {
  const requests = async (visibility: VisibilityScope, query: MetricQuery, by?: Grouping) => {
    const { metric } = query;
    if (metric === 'access_count') throw new TypeError('access_count does not count requests');
    const timed = metric === 'time_to_decision';
    const times = (share: number) => (timed ? percentile(share) : 'null::float8');
    const seen = await requestVisibilityParameters(sql, visibility, query);
    return sql<MeasuredRow>(
      `select ${by ? NAMES[by] : `''`} as name, count(*)::int as count, ${times(0.5)} as median,
         ${times(0.95)} as percentile95, ${times(0.99)} as percentile99
       from approval a join principal p on p.id = a.principal_id
         ${by === 'resource' ? 'cross join lateral unnest(a.resources) r(resource)' : ''}
       where ${COUNTED[metric]} and ${CHOSEN}
       ${by ? 'group by 1 order by 2 desc, 1' : ''}`,
      [...parametersOf(query), ...seen],
    );
  };

  return {
    async measure(visibility, query) {
      if (query.metric !== 'access_count')
        return toMeasured(only(await requests(visibility, query)));
      return { count: sum(await countUses(sql, visibility, query)) };
    },

    async uses(visibility, filter, types) {
      const groups = grouped(await countUses(sql, visibility, filter, types), 'resource');
      return groups.map(({ name, count }) => ({ resource: name, count }));
    },

    async series(visibility, query, by) {
      if (query.metric === 'access_count')
        return grouped(await countUses(sql, visibility, query), by);
      const rows = await requests(visibility, query, by);
      return rows.map((row) => ({ name: row.name, ...toMeasured(row) }));
    },
  };
}

const sum = (uses: readonly UseCount[]) => uses.reduce((all, { count }) => all + count, 0);

function grouped(uses: readonly UseCount[], by: Grouping): readonly MetricGroup[] {
  const counts = new Map<string, number>();
  for (const use of uses) {
    const name = by === 'outcome' ? 'used' : use[by];
    counts.set(name, (counts.get(name) ?? 0) + use.count);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function toMeasured({ count, median, percentile95, percentile99 }: MeasuredRow): Measured {
  return median === null || percentile95 === null || percentile99 === null
    ? { count }
    : { count, median, percentile95, percentile99 };
}
