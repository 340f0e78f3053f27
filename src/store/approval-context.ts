/** What is on record about the resources of a request: earlier requests of the same principal, and of all principals. */

import { coveringPatterns, coveringRegex } from '../domain/pattern.js';
import type { ComparedRequest, PastRequest, RequesterHistory } from '../ports/index.js';
import { only, type Sql } from './sql.js';

interface ContextRow {
  readonly asked_before: boolean;
  readonly asked_in_a_day: number;
  readonly approved_at: Date | null;
  readonly approved_by: string | null;
  readonly approved_uses: number | null;
  readonly denied_at: Date | null;
  readonly denied_by: string | null;
}

/** Ordered by creation, so that Postgres finds the newest by reading an index from its end. */
const newest = (status: 'approved' | 'denied', like: string) => `
  select a.settled_at, p.email, g.uses from approval a
  left join person p on p.id = a.settled_by left join access_grant g on g.approval_id = a.id
  where ${like} and a.status = '${status}' order by a.created_at desc limit 1`;

export async function requesterHistory(
  sql: Sql,
  { id, principal, operation, resources, createdAt, timesRequested }: ComparedRequest,
): Promise<RequesterHistory> {
  const parts = resources.filter((resource) => resource.includes('*')).map(partsOf);
  const { names, patterns } = coveredBy(resources);
  const wider = patterns.length > 0 ? [matched(7)] : [];
  const overlap = [COVERED, ...wider, ...(parts.length > 0 ? [PART] : [])].join(' or ');
  const like = `a.principal_id = $1 and a.operation = $2 and a.id <> $3 and (${overlap})`;
  const row = only(
    await sql<ContextRow>(
      `select
         exists (select 1 from approval a where ${like} and a.created_at <= $5) as asked_before,
         (select coalesce(sum(a.asked), 0)::int from approval a
          where ${like} and a.created_at <= $5 and a.created_at > $5::timestamptz - interval '1 day') as asked_in_a_day,
         approved.settled_at as approved_at, approved.email as approved_by, approved.uses as approved_uses,
         denied.settled_at as denied_at, denied.email as denied_by
       from (select $6::text[], $7::text[]) as regular_expressions
       left join lateral (${newest('approved', like)}) approved on true
       left join lateral (${newest('denied', like)}) denied on true`,
      [principal, operation, id, names, createdAt, parts, patterns],
    ),
  );
  return {
    firstTime: !row.asked_before,
    requestsInLastDay: row.asked_in_a_day + timesRequested,
    ...(row.approved_at && { lastApproved: approvedOf(row.approved_at, row) }),
    ...(row.denied_at && { lastDenied: { at: row.denied_at, by: row.denied_by ?? '' } }),
  };
}

const approvedOf = (at: Date, { approved_by, approved_uses }: ContextRow) => ({
  at,
  by: approved_by ?? undefined,
  uses: approved_uses ?? 0,
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
  const expected = resources.reduce((sum, name) => sum + 2 ** (name.split('/').length - 3), 0);
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
    `select a.id, a.principal_id as principal, a.operation, a.resources, a.created_at, k.name as requester, a.status, a.settled_at, p.email as settled_by, g.uses
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
