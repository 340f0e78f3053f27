/** Counts events by resource, a part of the trail at a time. */

import { covers } from '../domain/pattern.js';
import type { AuditCountFilter, AuditReads, ResourceCount } from '../ports/index.js';
import { visibleEvents } from './audit-events.js';
import {
  type AuditSearch,
  auditSearch,
  newParameters,
  RESOURCES,
  selectEvents,
  type Window,
  windowOf,
} from './audit-search.js';
import type { Sql } from './sql.js';

/** Events that one call counts: more where the database counts than where each event is compared with the domain's rule. */
const COUNTED_MAX = { exact: 50_000, compared: 5000 };

/** Where a page begins: the part of the trail before `high`, and the last row of the previous page. */
interface Position {
  readonly high?: number | undefined;
  readonly last?: ResourceCount | undefined;
}

/** The counts of one part of the trail come in pages, the highest first. The page behind its last one begins the next, older part. */
export function auditCounts(sql: Sql): AuditReads['count'] {
  return async (filter, { limit, after }) => {
    const position = positionOf(after);
    const search = auditSearch(filter);
    const bound = search.exact ? COUNTED_MAX.exact : COUNTED_MAX.compared;
    const window = await windowOf(sql, search, filter, { before: position.high, bound });
    const counting = { sql, search, window, last: position.last };
    const rows = search.exact
      ? await countInDatabase(counting, limit + 1)
      : await countByRule(counting, filter);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    if (rows.length > limit && last)
      return { items, next: `${window.high}:${last.count}:${last.resource}` };
    return window.more ? { items, next: String(window.low) } : { items };
  };
}

/** `<high>`, or `<high>:<count>:<resource>`. */
function positionOf(after: string | undefined): Position {
  if (after === undefined) return {};
  const [high, count, ...resource] = after.split(':');
  const last = { resource: resource.join(':'), count: Number(count) };
  return { high: Number(high), last: count === undefined ? undefined : last };
}

interface Counting {
  readonly sql: Sql;
  readonly search: AuditSearch;
  readonly window: Window;
  readonly last: ResourceCount | undefined;
}

function countInDatabase({ sql, search, window, last }: Counting, limit: number) {
  const { values, bind } = newParameters();
  const events = selectEvents(search, 'body', window, bind);
  const named = search.resource ? `where ${search.resource(bind)}` : '';
  const behind = last
    ? `having (-count(*), r collate "C") > (-${bind(last.count)}::bigint, ${bind(last.resource)}::text collate "C")`
    : '';
  return sql<ResourceCount>(
    `select r as resource, count(*)::int as count from (${events}) e, ${RESOURCES} ${named}
     group by r ${behind} order by count(*) desc, r collate "C" limit ${bind(limit)}`,
    values,
  );
}

async function countByRule(
  { sql, search, window, last }: Counting,
  { visibility, resource }: Pick<AuditCountFilter, 'visibility' | 'resource'>,
): Promise<readonly ResourceCount[]> {
  const counts = new Map<string, number>();
  for await (const events of visibleEvents(sql, search, window, visibility))
    for (const { resources = [] } of events)
      for (const one of resources)
        if (resource === undefined || covers(resource, one))
          counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ resource: name, count }))
    .sort(inOrder)
    .filter((one) => last === undefined || inOrder(last, one) < 0);
}

/** The highest count first, then by name. */
const inOrder = (one: ResourceCount, other: ResourceCount) =>
  other.count - one.count ||
  (one.resource < other.resource ? -1 : Number(one.resource > other.resource));
