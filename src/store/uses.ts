/** How often what was granted was used within a span: hours that are counted already, and the events of the rest. */

import { covers } from '../domain/pattern.js';
import type { MetricQuery, UseCount } from '../domain/ports.js';
import { actorIds, type Sight } from '../domain/sight.js';
import { USES } from './metric-rollup.js';
import type { Sql } from './sql.js';

/**
 * `whole`: the hours that lie within the span, of events up to the cursor. `edges`: events up to the cursor within the hours that do not,
 * and all behind it. The cursor is read by the same statement, so that nothing is counted twice or not at all.
 */
const COUNT = `
  with span as (
    select sequence as cursor, $1::timestamptz as since, coalesce($2::timestamptz, 'infinity') as until,
      date_trunc('hour', $1::timestamptz - interval '1 microsecond', 'UTC') + interval '1 hour' as low,
      case when $2::timestamptz is null then 'infinity' else date_trunc('hour', $2::timestamptz, 'UTC') end as high
    from metric_cursor),
  whole as (
    select resource, principal, operation, sum(count)::bigint as count from metric_use, span
    where hour >= low and hour < high group by 1, 2, 3),
  raw as (
    select body from audit_event, span where sequence > cursor and at >= since and at < until
    union all
    select body from audit_event, span where at >= since and at < least(low, until) and sequence <= cursor
    union all
    select body from audit_event, span where at >= greatest(high, low) and at < until and sequence <= cursor),
  edges as (
    select resource, coalesce(body ->> 'principal', body -> 'actor' ->> 'id') as principal,
      coalesce(body ->> 'operation', '') as operation, count(*) as count
    from raw, jsonb_array_elements_text(body -> 'resources') resource
    where body ->> 'type' = any($3) group by 1, 2, 3)
  select c.resource, c.principal, c.operation, coalesce(p.name, c.principal) as key, sum(c.count)::int as count
  from (select * from whole union all select * from edges) c left join principal p on p.id = c.principal
  where ($4::text is null or p.name = $4) and ($5::text is null or c.operation = $5)
  group by 1, 2, 3, 4`;

interface UseRow extends UseCount {
  readonly principal: string;
}

/** By resource, key and operation, as far as the sight covers. */
export async function countUses(
  sql: Sql,
  sight: Sight,
  { since, until, resource, key, operation }: MetricQuery,
): Promise<readonly UseCount[]> {
  const rows = await sql<UseRow>(COUNT, [
    since,
    until ?? null,
    USES,
    key ?? null,
    operation ?? null,
  ]);
  return rows.filter(
    (row) => (resource === undefined || covers(resource, row.resource)) && sees(sight, row),
  );
}

function sees(sight: Sight, { principal, resource }: UseRow): boolean {
  if (sight.everything || sight.principals.some((one) => one === principal)) return true;
  return actorIds(sight).includes(principal) || sight.deciding([resource]) !== undefined;
}
