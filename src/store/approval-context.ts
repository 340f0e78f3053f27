/** What is on record about the resources of a request: earlier requests of the same principal, and of all principals. */

import { coveringPatterns } from '../domain/pattern.js';
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
  const overlap = parts.length > 0 ? `(${COVERED} or ${PART})` : COVERED;
  const like = `a.principal_id = $1 and a.operation = $2 and a.id <> $3 and ${overlap}`;
  const row = only(
    await sql<ContextRow>(
      `select
         exists (select 1 from approval a where ${like} and a.created_at <= $5) as asked_before,
         (select coalesce(sum(a.asked), 0)::int from approval a
          where ${like} and a.created_at <= $5 and a.created_at > $5::timestamptz - interval '1 day') as asked_in_a_day,
         approved.settled_at as approved_at, approved.email as approved_by, approved.uses as approved_uses,
         denied.settled_at as denied_at, denied.email as denied_by
       from (select $6::text[]) as parts
       left join lateral (${newest('approved', like)}) approved on true
       left join lateral (${newest('denied', like)}) denied on true`,
      [principal, operation, id, covering(resources), createdAt, parts],
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

const covering = (resources: readonly string[]) => [
  ...new Set(resources.flatMap((resource) => coveringPatterns(resource))),
];

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

/** The newest requests of all principals for any of these resources or for a pattern that covers one, whatever the operation. */
export async function pastRequests(
  sql: Sql,
  { id, resources }: Pick<ComparedRequest, 'id' | 'resources'>,
  limit: number,
): Promise<readonly PastRequest[]> {
  const rows = await sql<PastRow>(
    `select a.id, a.principal_id as principal, a.operation, a.resources, a.created_at, k.name as requester, a.status, a.settled_at, p.email as settled_by, g.uses
     from approval a join principal k on k.id = a.principal_id
     left join person p on p.id = a.settled_by left join access_grant g on g.approval_id = a.id
     where a.resources && $1 and a.id <> $2 order by a.created_at desc limit $3`,
    [covering(resources), id, limit],
  );
  return rows.map(({ created_at, settled_at, settled_by, uses, ...row }) => ({
    ...row,
    createdAt: created_at,
    settledAt: settled_at ?? undefined,
    settledBy: settled_by ?? undefined,
    uses: uses ?? undefined,
  }));
}
