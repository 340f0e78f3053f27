/** What is on record about the resources of a request: earlier requests of the same principal, and of all principals. */

import { coveringPatterns, coveringRegex, mostCovering } from '../domain/pattern.js';
import type { PolicyId } from '../domain/policy/policy.js';
import type { RequestRecord } from '../domain/risk-signals.js';
import type { ComparedRequest, PastRequest } from '../ports/index.js';
import { LIVE } from './grants.js';
import { only, type Sql } from './sql.js';

interface RecordRow {
  readonly key_created_at: Date;
  readonly requested_before: readonly string[] | null;
  readonly denied_at: Date | null;
  readonly denied_by: string | null;
  readonly approved_times: number;
  readonly approved_last: Date | null;
  readonly in_day: number;
  readonly usual_in_day: number | null;
  readonly hour_requests: number;
  readonly hour_days: number;
  readonly hour_near: number;
  readonly usual_duration: number | null;
  readonly other_count: number;
  readonly other_until: Date | null;
  readonly loosened_at: Date | null;
  readonly loosened_by: string | null;
  readonly loosened_new: boolean | null;
}

/** Requests of one key that its habits are read from: more than an ordinary key makes in 30 days. */
const HABITS_MAX = 3000;
/** Grants whose median duration is the usual one. Only compared with requests of at least this long (see `riskSignals`). */
const GRANTS_COMPARED = 20;

/** The request's own time decides what was earlier; the clock decides what was within the last day. */
export async function requestRecord(
  sql: Sql,
  { id, principal, operation, resources, createdAt }: ComparedRequest,
  policy: PolicyId | undefined,
): Promise<RequestRecord> {
  const parts = resources.filter((resource) => resource.includes('*')).map(partsOf);
  const { names, patterns } = coveredBy(resources);
  const covered = patterns.length > 0 ? `${COVERED} or ${matched(7)}` : COVERED;
  const overlap = parts.length > 0 ? `${covered} or ${PART}` : covered;
  const like = `a.principal_id = $1 and a.operation = $2 and a.id <> $3`;
  const row = only(
    await sql<RecordRow>(
      `with moment as materialized (select clock_timestamp() as now, $5::timestamptz as asked),
       habits as materialized (
         select a.created_at as at from approval a, moment
         where a.principal_id = $1 and a.id <> $3 and a.created_at > now - interval '31 days'
         order by a.created_at desc limit ${HABITS_MAX}),
       usual as (select percentile_cont(0.5) within group (order by count) as count from (
         select count(*) from habits, moment where at <= now - interval '1 day'
         group by date_trunc('day', at at time zone 'UTC')) days),
       times as (select at, abs(extract(epoch from (at - asked))::bigint % 86400) as apart from habits, moment
         where at < asked and at > asked - interval '30 days'),
       last_denied as (
         select a.settled_at as at, p.email as by from approval a join person p on p.id = a.settled_by, moment
         where ${like} and (${overlap}) and a.status = 'denied' and not a.sent_back
           and a.settled_at > now - interval '1 day'
         order by a.settled_at desc limit 1),
       granted as (
         select count(*)::int as times, max(a.settled_at) as last from approval a
         where ${like} and a.status = 'approved' and a.resources @> $8 and a.granted_resources @> $8
           and a.created_at <= $5),
       other as (
         select count(distinct r)::int as count, max(g.ends_at) as until from access_grant g, unnest(g.resources) r
         where g.principal_id = $1 and g.approval_id <> $3 and ${LIVE} and r <> all ($8)),
       loosened as (
         select c.at, c.actor as by, c.version = 1 as is_new from policy_change c, moment
         where c.policy_id = $9 and c.at > now - interval '1 day' and cardinality(c.loosens) > 0
         order by c.version desc limit 1)
       select
         (select created_at from principal where id = $1) as key_created_at,
         (select array_agg(distinct name) from approval a, unnest(a.resources) name
          where ${like} and (${covered}) and a.created_at <= $5
            and (name = any ($4) or (name like '%*%' and name ~ any ($7)))) as requested_before,
         (select at from last_denied) as denied_at, (select by from last_denied) as denied_by,
         (select times from granted) as approved_times, (select last from granted) as approved_last,
         (select count(*)::int from habits, moment where at > now - interval '1 day') as in_day,
         (select count from usual) as usual_in_day,
         (select count(*)::int from times) as hour_requests,
         (select count(distinct date_trunc('day', at at time zone 'UTC'))::int from times) as hour_days,
         (select count(*)::int from times where least(apart, 86400 - apart) <= 7200) as hour_near,
         (select percentile_cont(0.5) within group (order by ms) from (
            select extract(epoch from ends_at - starts_at)::float8 * 1000 as ms from access_grant
            where policy_id = $9 order by starts_at desc limit ${GRANTS_COMPARED}) recent
          having count(*) = ${GRANTS_COMPARED}) as usual_duration,
         (select count from other) as other_count, (select until from other) as other_until,
         (select at from loosened) as loosened_at, (select by from loosened) as loosened_by,
         (select is_new from loosened) as loosened_new
       from (select $6::text[], $7::text[]) as regular_expressions`,
      [principal, operation, id, names, createdAt, parts, patterns, resources, policy ?? null],
    ),
  );
  return toRecord(row);
}

const toRecord = (row: RecordRow): RequestRecord => ({
  keyCreatedAt: row.key_created_at,
  requestedBefore: row.requested_before ?? [],
  requestsInDay: row.in_day,
  usualInDay: row.usual_in_day ?? undefined,
  hours: { requests: row.hour_requests, days: row.hour_days, near: row.hour_near },
  usualDuration: row.usual_duration ?? undefined,
  ...(row.denied_at && { lastDenied: { at: row.denied_at, by: row.denied_by ?? '' } }),
  ...(row.approved_last && { approved: { times: row.approved_times, last: row.approved_last } }),
  ...(row.other_until && { otherAccess: { count: row.other_count, until: row.other_until } }),
  ...(row.loosened_at && {
    loosened: {
      at: row.loosened_at,
      by: row.loosened_by ?? '',
      isNew: row.loosened_new ?? false,
    },
  }),
});

/** The same resource, or a pattern that covers it. */
const COVERED = 'a.resources && $4';
/** A resource that a requested pattern covers. No index serves this, but few requests name patterns. */
const PART = 'exists (select 1 from unnest(a.resources) part where part ~ any ($6))';

/** A stored pattern that covers a requested resource; the number is the one of the parameter. No index serves this, but few requests name patterns. */
const matched = (patterns: number) =>
  `exists (select 1 from unnest(a.resources) wider where wider like '%*%' and wider ~ any ($${patterns}))`;

/** More patterns than any ordinary request has. Twenty names of eight segments would have 10,220, which are megabytes. */
const PATTERNS_MAX = 1000;

/**
 * What a stored request must name to cover one of these resources: a list, which an index serves, or the resources themselves and a regular
 * expression for each when the list would be too long.
 */
function coveredBy(resources: readonly string[]): { names: string[]; patterns: string[] } {
  const expected = resources.reduce((sum, name) => sum + mostCovering(name), 0);
  if (expected > PATTERNS_MAX)
    return { names: [...resources], patterns: resources.map(coveringRegex) };
  return { names: [...new Set(resources.flatMap(coveringPatterns))], patterns: [] };
}

/** A regular expression for everything that the pattern covers. A pattern holds no other special characters. */
function partsOf(pattern: string): string {
  const any = (star: string) => (star === '**' ? '.+' : '[^/]+');
  return `^${pattern.replaceAll('.', '\\.').replace(/\*+/g, any)}$`;
}

interface PastRow {
  readonly id: PastRequest['id'];
  readonly principal: PastRequest['principal'];
  readonly operation: PastRequest['operation'];
  readonly resources: readonly string[];
  readonly created_at: Date;
  readonly requester: string;
  readonly status: PastRequest['status'];
  readonly sentBack: boolean;
  readonly settled_at: Date | null;
  readonly settled_by: string | null;
  readonly uses: number | null;
}

/** Requests that are looked at when no index serves the question. */
const LOOKED_MAX = 5000;

/** The newest requests of all principals for any of these resources or for a pattern that covers one, whatever the operation. */
export async function pastRequests(
  sql: Sql,
  { id, resources }: Pick<ComparedRequest, 'id' | 'resources'>,
  limit: number,
): Promise<readonly PastRequest[]> {
  const { names, patterns } = coveredBy(resources);
  const source =
    patterns.length > 0
      ? `(select * from approval order by created_at desc limit ${LOOKED_MAX})`
      : 'approval';
  const wider = patterns.length > 0 ? `or ${matched(4)}` : '';
  const rows = await sql<PastRow>(
    `select a.id, a.principal_id as principal, a.operation, a.resources, a.created_at, k.name as requester, a.status, a.sent_back as "sentBack", a.settled_at, p.email as settled_by, g.uses
     from ${source} a join principal k on k.id = a.principal_id
     left join person p on p.id = a.settled_by left join access_grant g on g.approval_id = a.id
     where (a.resources && $1 ${wider}) and a.id <> $2 order by a.created_at desc limit $3`,
    [names, id, limit, ...(patterns.length > 0 ? [patterns] : [])],
  );
  return rows.map(({ created_at, settled_at, settled_by, uses, ...row }) => ({
    ...row,
    createdAt: created_at,
    settledAt: settled_at ?? undefined,
    settledBy: settled_by ?? undefined,
    uses: uses ?? undefined,
  }));
}
