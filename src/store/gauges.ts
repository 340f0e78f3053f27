/** Numbers for a monitoring system. They come from the database: every process reports the same, and a restart resets none. */

import type { Gauges } from '../ports/index.js';
import { only, type Sql } from './sql.js';

/** Seconds: a reflex, a glance, a coffee, a meeting, a night. */
const BOUNDS = [3, 10, 30, 60, 300, 900, 1800, 3600, 14_400, 86_400] as const;

const EVENTS = `
  select type, outcome, sum(count)::int as count from (
    select type, outcome, count from metric_total
    union all
    select body ->> 'type', coalesce(body -> 'details' ->> 'outcome', body ->> 'refusal', ''), 1
    from audit_event where sequence > (select sequence from metric_cursor)) one
  group by 1, 2 order by 1, 2`;

const CURRENT = `
  select (select count(*) from approval where status = 'pending' and expires_at > clock_timestamp())::int as pending,
    (select count(*) from access_grant where ended_at is null and ends_at > clock_timestamp()
       and (max_uses is null or uses < max_uses))::int as active,
    (select sequence from audit_head)::float8 as head`;

const WAITING = `
  select destination, count(*)::int as count from delivery where sent < wanted group by 1
  union all
  select receiver, count(*)::int from notification where state = 'waiting' group by 1
  order by 1`;

const DEAD = `select receiver as destination, count(*)::int as count from notification where state = 'dead' group by 1 order by 1`;

export function gauges(sql: Sql): () => Promise<Gauges> {
  return async () => {
    const [events, waiting, dead, current, decisions] = await Promise.all([
      sql<Gauges['events'][number]>(EVENTS),
      sql<Gauges['waiting'][number]>(WAITING),
      sql<Gauges['dead'][number]>(DEAD),
      sql<Pick<Gauges, 'pending' | 'active' | 'head'>>(CURRENT),
      decisionTimes(sql),
    ]);
    return { ...only(current), events, waiting, dead, decisions };
  };
}

async function decisionTimes(sql: Sql): Promise<Gauges['decisions']> {
  const { within, ...all } = only(
    await sql<{ count: number; sum: number; within: readonly number[] }>(
      `select count(*)::int as count, coalesce(sum(took), 0)::float8 as sum,
         array[${BOUNDS.map((bound) => `count(*) filter (where took <= ${bound})`).join(', ')}]::int[] as within
       from (select extract(epoch from settled_at - created_at)::float8 as took from approval
             where status in ('approved', 'denied') and settled_by is not null) decided`,
    ),
  );
  return { ...all, bounds: BOUNDS.map((le, place) => ({ le, count: within[place] ?? 0 })) };
}
