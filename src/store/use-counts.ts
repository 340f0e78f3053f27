/** How often resources were used within a span of time: from the hourly counts, and from the events that no hourly count includes. */

import { HOUR } from '../domain/limits.js';
import { covers } from '../domain/pattern.js';
import { actorIds, type VisibilityScope } from '../domain/visibility.js';
import { type EventType, USES } from '../domain/vocabulary.js';
import type { MetricQuery, UseCount } from '../ports/index.js';
import type { Sql } from './sql.js';

/**
 * `whole`: hours that lie completely within the span, of events up to the cursor. `edges`: events up to the cursor in the span's other
 * hours, and all events after the cursor. The same statement reads the cursor, so that no event is counted twice or missed; it reads it as
 * a scalar, so that an index finds each set of events.
 */
const CURSOR = '(select sequence from metric_cursor)';
const COUNT = `
  with whole as (
    select resource, principal, operation, sum(count)::bigint as count from metric_use
    where hour >= $3 and hour < $4 and type = any($5) group by 1, 2, 3),
  raw as (
    select body from audit_event where sequence > ${CURSOR} and at >= $1 and at < $2
    union all
    select body from audit_event where at >= $1 and at < least($3, $2::timestamptz) and sequence <= ${CURSOR}
    union all
    select body from audit_event where at >= greatest($4, $3::timestamptz) and at < $2 and sequence <= ${CURSOR}),
  edges as (
    select resource, coalesce(body ->> 'principal', body -> 'actor' ->> 'id') as principal,
      coalesce(body ->> 'operation', '') as operation, count(*) as count
    from raw, jsonb_array_elements_text(body -> 'resources') resource
    where body ->> 'type' = any($5) group by 1, 2, 3)
  select c.resource, c.principal, c.operation, coalesce(p.name, c.principal) as key, sum(c.count)::int as count
  from (select * from whole union all select * from edges) c left join principal p on p.id = c.principal
  where ($6::text is null or p.name = $6) and ($7::text is null or c.operation = $7)
  group by 1, 2, 3, 4`;

/** Start and end, and the first and last whole hour between them. */
function spanOf(since: Date, until: Date | undefined): readonly (Date | string)[] {
  const low = new Date(Math.ceil(since.getTime() / HOUR) * HOUR);
  if (until === undefined) return [since, 'infinity', low, 'infinity'];
  return [since, until, low, new Date(Math.floor(until.getTime() / HOUR) * HOUR)];
}

interface UseRow extends UseCount {
  readonly principal: string;
}

/** By resource, key and operation, within the visibility scope. */
export async function countUses(
  sql: Sql,
  visibility: VisibilityScope,
  { since, until, resource, key, operation }: Omit<MetricQuery, 'metric'>,
  types: readonly EventType[] = USES,
): Promise<readonly UseCount[]> {
  const rows = await sql<UseRow>(COUNT, [
    ...spanOf(since, until),
    types,
    key ?? null,
    operation ?? null,
  ]);
  return rows.filter(
    (row) => (resource === undefined || covers(resource, row.resource)) && sees(visibility, row),
  );
}

function sees(visibility: VisibilityScope, { principal, resource }: UseRow): boolean {
  if (visibility.everything || visibility.principals.some((one) => one === principal)) return true;
  return actorIds(visibility).includes(principal) || visibility.deciding([resource]) !== undefined;
}
