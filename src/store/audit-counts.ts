/** Counts events in groups, a part of the trail at a time. */

import type { RecordedEvent } from '../domain/audit-event.js';
import { covers } from '../domain/pattern.js';
import { eventShownTo } from '../domain/visibility.js';
import type { AuditGrouping } from '../domain/vocabulary.js';
import type { AuditCount, AuditCountFilter, AuditReads } from '../ports/index.js';
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
  readonly last?: AuditCount | undefined;
}

/** The counts of one part of the trail come in pages, the highest first. The page behind its last one begins the next, older part. */
export function auditCounts(sql: Sql): AuditReads['count'] {
  return async (filter, { limit, after }) => {
    const position = positionOf(after);
    const search = auditSearch(filter);
    const exact = search.exact && !hidesNames(filter);
    const bound = exact ? COUNTED_MAX.exact : COUNTED_MAX.compared;
    const window = await windowOf(sql, search, filter, { before: position.high, bound });
    const counting = { sql, search, window, last: position.last };
    const rows = exact
      ? await countInDatabase(counting, filter.groupBy, limit + 1)
      : await countByRule(counting, filter);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    if (rows.length > limit && last)
      return { items, next: `${window.high}:${last.count}:${last.name}` };
    return window.more ? { items, next: String(window.low) } : { items };
  };
}

/** A key reads others' acts without their names, and only the domain's rule says how. */
const hidesNames = ({ visibility, groupBy }: AuditCountFilter): boolean =>
  groupBy === 'actor' &&
  visibility !== undefined &&
  !visibility.everything &&
  visibility.person === undefined;

/** `<high>`, or `<high>:<count>:<name>`. */
function positionOf(after: string | undefined): Position {
  if (after === undefined) return {};
  const [high, count, ...name] = after.split(':');
  const last = { name: name.join(':'), count: Number(count) };
  return { high: Number(high), last: count === undefined ? undefined : last };
}

interface Counting {
  readonly sql: Sql;
  readonly search: AuditSearch;
  readonly window: Window;
  readonly last: AuditCount | undefined;
}

/** What an event without an outcome and without a refusal counts as. */
const DONE = 'done';

/** The name of an event's group, of every grouping but the resource. `namesOf` says the same. */
const NAME: Record<Exclude<AuditGrouping, 'resource'>, string> = {
  actor: `body -> 'actor' ->> 'name'`,
  action: `body ->> 'type'`,
  hour: `left(body ->> 'at', 13) || ':00:00Z'`,
  outcome: `coalesce(body -> 'details' ->> 'outcome', body ->> 'refusal', '${DONE}')`,
};

function countInDatabase(
  { sql, search, window, last }: Counting,
  groupBy: AuditGrouping,
  limit: number,
) {
  const { values, bind } = newParameters();
  const events = selectEvents(search, 'body', window, bind);
  const byResource = groupBy === 'resource';
  const groups = byResource ? RESOURCES : `lateral (select ${NAME[groupBy]} as r) g`;
  const named = byResource && search.resource ? `where ${search.resource(bind)}` : '';
  const behind = last
    ? `having (-count(*), r collate "C") > (-${bind(last.count)}::bigint, ${bind(last.name)}::text collate "C")`
    : '';
  return sql<AuditCount>(
    `select r as name, count(*)::int as count from (${events}) e, ${groups} ${named}
     group by r ${behind} order by count(*) desc, r collate "C" limit ${bind(limit)}`,
    values,
  );
}

async function countByRule(
  { sql, search, window, last }: Counting,
  filter: AuditCountFilter,
): Promise<readonly AuditCount[]> {
  const counts = new Map<string, number>();
  for await (const events of visibleEvents(sql, search, window, filter.visibility))
    for (const event of events)
      for (const name of namesOf(event, filter)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort(inOrder)
    .filter((one) => last === undefined || inOrder(last, one) < 0);
}

/** The groups of an event, by what the viewer may read of it. */
function namesOf(
  event: RecordedEvent,
  { visibility, resource, groupBy }: AuditCountFilter,
): readonly string[] {
  const { actor, type, at, resources, refusal, details } = visibility
    ? eventShownTo(visibility, event)
    : event;
  switch (groupBy) {
    case 'resource':
      return (resources ?? []).filter((one) => resource === undefined || covers(resource, one));
    case 'actor':
      return [actor.name];
    case 'action':
      return [type];
    case 'hour':
      return [`${at.slice(0, 13)}:00:00Z`];
    case 'outcome':
      return [String(details?.['outcome'] ?? refusal ?? DONE)];
  }
}

/** The highest count first, then by name. */
const inOrder = (one: AuditCount, other: AuditCount) =>
  other.count - one.count || (one.name < other.name ? -1 : Number(one.name > other.name));
