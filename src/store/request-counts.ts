/** Counts the recent requests of one principal. */

import { coverage } from '../domain/pattern.js';
import type { PrincipalId } from '../domain/principal.js';
import type { RequestedAccess, RequestState } from '../ports/index.js';
import { only, type Sql } from './sql.js';

/** More than approvers deny to one key within the longest cool-down. */
const DENIALS = 100;

/** One moment for all of it. `waiting`: what is pending or overdue. `denied`: the newest denials of this operation. */
const STATE = `
  with moment as materialized (select clock_timestamp() as now),
  waiting as materialized (
    select a.duration_ms, a.expires_at > now as open, a.operation = $2 and a.resources = $3 as same
    from approval a, moment where a.principal_id = $1 and a.status = 'pending'),
  recent as materialized (
    select count(*)::int as count, min(a.created_at) as oldest from approval a, moment
    where a.principal_id = $1 and a.created_at > now - interval '1 hour' and not (a.status = 'approved' and a.settled_by is null)),
  automatic as materialized (
    select coalesce(sum(cardinality(g.resources)), 0)::int as resources,
      min(greatest(case when g.ended_at is null then g.ends_at else g.starts_at end, g.starts_at + interval '1 hour')) as next
    from moment, access_grant g join approval a on a.id = g.approval_id
    where g.principal_id = $1 and a.settled_by is null and g.ends_at > now() - interval '1 hour'
      and (g.starts_at > now - interval '1 hour' or g.ended_at is null and g.ends_at > now)),
  denied as (
    select resources, settled_at from approval
    where principal_id = $1 and status = 'denied' and operation = $2 order by settled_at desc limit ${DENIALS})
  select now, recent.count as last_hour,
    extract(epoch from recent.oldest + interval '1 hour' - now)::float8 * 1000 as free_after_ms,
    (select count(*)::int from waiting where open) as pending,
    array(select duration_ms from waiting where open and same) as pending_durations,
    exists (select from waiting where same and not open) as overdue,
    automatic.resources as automatic_resources, extract(epoch from automatic.next - now)::float8 * 1000 as automatic_free_after_ms,
    (select json_agg(json_build_object('resources', resources, 'since', extract(epoch from now - settled_at) * 1000)
       order by settled_at desc) from denied) as denials,
    exists (select from api_key where id = $4 and principal_id = $1 and revoked_at is null
      and (expires_at is null or expires_at > now)) as key_live
  from moment, recent, automatic`;

interface StateRow {
  readonly now: Date;
  readonly last_hour: number;
  readonly free_after_ms: number | null;
  readonly pending: number;
  readonly pending_durations: readonly number[];
  readonly overdue: boolean;
  readonly automatic_resources: number;
  readonly automatic_free_after_ms: number | null;
  readonly denials: readonly Denial[] | null;
  readonly key_live: boolean;
}

interface Denial {
  readonly resources: readonly string[];
  /** Milliseconds. */
  readonly since: number;
}

/** Without a key id, no key is live. */
export async function readRequestState(
  sql: Sql,
  principal: PrincipalId,
  { operation, resources }: RequestedAccess,
  keyId?: string,
): Promise<RequestState> {
  const parameters = [principal, operation, resources, keyId ?? null];
  const row = only(await sql<StateRow>(STATE, parameters, 'hot'));
  return {
    now: row.now,
    pending: row.pending,
    lastHour: row.last_hour,
    retryAfter: row.free_after_ms ?? 0,
    pendingDurations: row.pending_durations,
    sinceDenied: sinceDenied(row.denials ?? [], resources),
    keyLive: row.key_live,
    overdue: row.overdue,
    automatic: {
      resources: row.automatic_resources,
      retryAfter: row.automatic_free_after_ms ?? 0,
    },
  };
}

/** A request for a pattern that covers the denied resources repeats the denied request, however it is spelt. */
function sinceDenied(denials: readonly Denial[], resources: readonly string[]): number | undefined {
  const requested = coverage(resources);
  return denials.find((denial) => requested.coversAll(denial.resources))?.since;
}
