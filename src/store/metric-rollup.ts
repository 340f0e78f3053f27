/** Adds new audit events to the hourly counts and to the keys of searches, from the cursor on. */

import type { DataSource } from 'typeorm';
import { USES } from '../domain/vocabulary.js';
import { indexOn } from './audit-keys.js';
import { first, only, type Sql, sqlIn } from './sql.js';

/** The most events that one transaction counts. */
const BATCH = 10_000;

/** Both limits are parameters, so that the primary key finds the events, however many there are. */
const COUNT_ON = `
  with fresh as materialized (
    select at, body from audit_event where sequence > $1 and sequence <= $2),
  used as (
    insert into metric_use (hour, type, resource, principal, operation, count)
    select date_trunc('hour', at, 'UTC'), body ->> 'type', resource,
      coalesce(body ->> 'principal', body -> 'actor' ->> 'id'), coalesce(body ->> 'operation', ''), count(*)
    from fresh, jsonb_array_elements_text(body -> 'resources') resource
    where body ->> 'type' = any($3)
    group by 1, 2, 3, 4, 5
    on conflict (hour, type, resource, principal, operation) do update set count = metric_use.count + excluded.count),
  summed as (
    insert into metric_total (type, outcome, count)
    select body ->> 'type', coalesce(body -> 'details' ->> 'outcome', body ->> 'refusal', ''), count(*)
    from fresh group by 1, 2
    on conflict (type, outcome) do update set count = metric_total.count + excluded.count)
  update metric_cursor set sequence = $2`;

/** Resolves with the number of counted events. It may run at any time, on several processes at once. */
export type CountOn = () => Promise<number>;

export function createCountOn(dataSource: DataSource): CountOn {
  return async () => {
    let all = 0;
    for (;;) {
      const counted = await dataSource.transaction('READ COMMITTED', (manager) =>
        countBatch(sqlIn(manager)),
      );
      all += counted;
      if (counted < BATCH) break;
    }
    await indexOn(dataSource);
    return all;
  };
}

/** Locks the cursor's row, so that no event is counted twice. */
async function countBatch(sql: Sql): Promise<number> {
  const cursor = only(await sql<Position>('select sequence from metric_cursor for update'));
  const head = first(await sql<Position>('select sequence from audit_head'));
  const low = Number(cursor.sequence);
  const high = Math.min(Number(head?.sequence ?? 0), low + BATCH);
  if (high > low) await sql(COUNT_ON, [low, high, USES]);
  return high - low;
}

interface Position {
  readonly sequence: string;
}
