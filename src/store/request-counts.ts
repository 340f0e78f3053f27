/** Counts the recent requests of one principal. */

import { coverage } from '../domain/pattern.js';
import type { PrincipalId } from '../domain/principal.js';
import type { RequestCounts, RequestedAccess } from '../ports/index.js';
import { only, type Sql } from './sql.js';

interface HistoryRow {
  readonly pending: number;
  readonly last_hour: number;
  readonly free_after_ms: number | null;
  readonly repeats: boolean;
}

export async function countRequests(
  sql: Sql,
  principal: PrincipalId,
  { operation, resources, duration }: RequestedAccess,
): Promise<RequestCounts> {
  const row = only(
    await sql<HistoryRow>(
      `with moment as (select clock_timestamp() as now), recent as (
         select a.created_at from approval a, moment
         where a.principal_id = $1 and a.created_at > now - interval '1 hour'
           and not (a.status = 'approved' and a.settled_by is null))
       select
         (select count(*)::int from approval, moment
          where principal_id = $1 and status = 'pending' and expires_at > now) as pending,
         (select count(*)::int from recent) as last_hour,
         (select extract(epoch from min(created_at) + interval '1 hour' - min(now))::float8 * 1000
          from recent, moment) as free_after_ms,
         exists (select 1 from approval, moment
          where principal_id = $1 and status = 'pending' and expires_at > now
            and operation = $2 and resources = $3 and duration_ms = $4) as repeats`,
      [principal, operation, resources, duration],
    ),
  );
  return {
    pending: row.pending,
    lastHour: row.last_hour,
    retryAfter: row.free_after_ms ?? 0,
    sameRequest: row.repeats,
    sinceDenied: await sinceDenied(sql, principal, { operation, resources }),
  };
}

/** More than approvers deny to one key within the longest cool-down. */
const DENIALS = 100;

/** A request for a pattern that covers the denied resources repeats the denied request, however it is spelt. */
async function sinceDenied(
  sql: Sql,
  principal: PrincipalId,
  { operation, resources }: Omit<RequestedAccess, 'duration'>,
): Promise<number | undefined> {
  const denials = await sql<{ resources: readonly string[]; since_ms: number }>(
    `select resources, extract(epoch from clock_timestamp() - settled_at)::float8 * 1000 as since_ms from approval
     where principal_id = $1 and status = 'denied' and operation = $2 order by settled_at desc limit ${DENIALS}`,
    [principal, operation],
  );
  const requested = coverage(resources);
  return denials.find((denial) => requested.coversAll(denial.resources))?.since_ms;
}
