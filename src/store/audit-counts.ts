/** Counts events by resource. */

import { covers } from '../domain/pattern.js';
import type { AuditReads, ResourceCount } from '../ports/index.js';
import { listed } from './page.js';
import type { Sql } from './sql.js';

/** The database groups the events; this function pages the groups, one for each resource. */
export function auditCounts(sql: Sql): AuditReads['count'] {
  return async ({ since, until, types, actor, principal, resource }, { limit, after }) => {
    const counts = await sql<ResourceCount>(
      `select resource, count(*)::int as count
       from audit_event, jsonb_array_elements_text(body -> 'resources') resource
       where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
         and body ->> 'type' = any($3) and ($4::text is null or body -> 'actor' ->> 'name' = $4)
         and ($5::text is null or body ->> 'principal' = $5)
       group by resource order by count desc, resource collate "C"`,
      [since ?? null, until ?? null, types, actor ?? null, principal ?? null],
    );
    const wanted = counts
      .filter((one) => resource === undefined || covers(resource, one.resource))
      .filter(behind(after));
    return listed(wanted.slice(0, limit + 1), limit, cursorOf);
  };
}

const cursorOf = ({ count, resource }: ResourceCount) => `${count}:${resource}`;

function behind(after: string | undefined): (one: ResourceCount) => boolean {
  if (after === undefined) return () => true;
  const at = after.indexOf(':');
  const [count, resource] = [Number(after.slice(0, at)), after.slice(at + 1)];
  return (one) => one.count < count || (one.count === count && one.resource > resource);
}
