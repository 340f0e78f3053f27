/** Counts the recent requests of one principal. */

import type { PrincipalId } from '../domain/principal.js';
import type { RequestedAccess, RequestState } from '../ports/index.js';
import { present, type Sql } from './sql.js';

/** More than approvers deny to one key within the longest cool-down. */
const DENIALS = 100;

/**
 * One row for each request, in their order, and one moment for all. `recent`: requests within an hour that approvers saw. `waiting`: what is
 * pending or overdue. `automatic`: grants that no person gave. `denied`: the newest denials of this operation.
 */
const STATES = `
  with moment as materialized (select clock_timestamp() as now)
  select now, recent.count as last_hour,
    extract(epoch from recent.oldest + interval '1 hour' - now)::float8 * 1000 as free_after_ms,
    waiting.*, denied.denials,
    automatic.resources as automatic_resources, extract(epoch from automatic.next - now)::float8 * 1000 as automatic_free_after_ms, exists (
      select from api_key k where k.id = q.key_id and k.principal_id = q.principal and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > now)) as key_live
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as q(principal, operation, resources, key_id, place)
  cross join moment
  cross join lateral (
    select count(*)::int as count, min(a.created_at) as oldest from approval a
    where a.principal_id = q.principal and a.created_at > now - interval '1 hour'
      and not (a.status = 'approved' and a.settled_by is null)) recent
  cross join lateral (
    select count(*) filter (where open)::int as pending,
      coalesce(array_agg(duration_ms) filter (where open and same), '{}') as pending_durations,
      coalesce(bool_or(same and not open), false) as overdue
    from (select a.duration_ms, a.expires_at > now as open,
        a.operation = q.operation and a.resources = string_to_array(q.resources, ' ') as same
      from approval a where a.principal_id = q.principal and a.status = 'pending') a) waiting
  cross join lateral (
    select coalesce(sum(cardinality(g.resources)), 0)::int as resources,
      min(greatest(case when g.ended_at is null then g.ends_at else g.starts_at end, g.starts_at + interval '1 hour')) as next
    from access_grant g join approval a on a.id = g.approval_id
    where g.principal_id = q.principal and a.settled_by is null and g.ends_at > now() - interval '1 hour'
      and (g.starts_at > now - interval '1 hour' or g.ended_at is null and g.ends_at > now)) automatic
  cross join lateral (
    select json_agg(json_build_object('resources', resources, 'since', extract(epoch from now - settled_at) * 1000)
      order by settled_at desc) as denials
    from (select resources, settled_at from approval
      where principal_id = q.principal and status = 'denied' and not sent_back and operation = q.operation
      order by settled_at desc limit ${DENIALS}) d) denied
  order by q.place`;

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

/** The request of one key. Without a key id, no key is live. */
export interface JudgedRequest extends RequestedAccess {
  readonly principal: PrincipalId;
  readonly keyId?: string | undefined;
}

/** The state of each request, in the same order. */
export async function readRequestStates(
  sql: Sql,
  requests: readonly JudgedRequest[],
): Promise<readonly RequestState[]> {
  const rows = await sql<StateRow>(
    STATES,
    [
      requests.map(({ principal }) => principal),
      requests.map(({ operation }) => operation),
      // Names of resources contain no space.
      requests.map(({ resources }) => resources.join(' ')),
      requests.map(({ keyId }) => keyId ?? null),
    ],
    'hot',
  );
  return requests.map(({ resources }, place) => stateOf(present(rows[place]), resources));
}

const stateOf = (row: StateRow, resources: readonly string[]): RequestState => ({
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
});

/**
 * A request that names all denied resources, and perhaps more, repeats the denied request. A pattern over them is another, larger question, and a part of
 * them is a smaller one: both reach an approver, whose card says that an overlapping request was denied.
 */
function sinceDenied(denials: readonly Denial[], resources: readonly string[]): number | undefined {
  const requested = new Set(resources);
  return denials.find((denial) => denial.resources.every((name) => requested.has(name)))?.since;
}
