/** Appends to the one hash chain. This runs last before COMMIT, so that the chain's head is the last row that a transaction locks. */

import { type AuditEvent, canonicalEvent, canonicalParts } from '../domain/audit-event.js';
import type { ChainHash } from '../ports/index.js';
import { fanOut, fanOutParameters } from './notification-fan-out.js';
import { DELIVERY_CHANNEL } from './notify-channels.js';
import type { Sql } from './sql.js';

/**
 * Writes events, one notification for each receiver that wants them, and a NOTIFY when there is a notification. It fails with a division
 * by zero unless every event and the head were written: a trigger that returns NULL drops a row without an error. The statement itself
 * checks this, because COMMIT may be on its way before its answer arrives.
 */
const APPEND = `
  with head as (update audit_head set sequence = $1, hash = $2 returning 1),
  appended as (
    insert into audit_event (sequence, at, canonical, hash)
    select * from unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::bytea[])
    returning 1),
  ${fanOut({
    events:
      '(select * from unnest($3::bigint[], $6::bytea[]) with ordinality as e(sequence, hash, place))',
    first: 7,
  })}
  select 1 / ((select count(*) from appended) = cardinality($3::bigint[]) and (select count(*) from head) = 1)::int as complete,
    (select pg_notify($11, '') from notified limit 1) as notified`;

/** A time in SQL as RFC 3339 with microseconds, which a JS Date would lose. */
export const timestamp = (time: string) =>
  `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export interface HeadRow {
  readonly sequence: string;
  readonly hash: Buffer;
  readonly at: string;
}

/** The last link of the chain, locked until the transaction ends, and the time of the next events. */
export interface Head {
  readonly sequence: number;
  readonly hash: Uint8Array;
  readonly at: string;
}

export const toHead = ({ sequence, hash, at }: HeadRow): Head => ({
  sequence: Number(sequence),
  hash,
  at,
});

/** The same for events whose place in the chain the database finds: see `audit_append` in migrations. */
const APPEND_PARTS = `
  with appended as materialized (select place, sequence, hash from audit_append($1, $2, $3)),
  ${fanOut({ events: '(select sequence, hash, place from appended)', first: 4 })}
  select (select pg_notify($8, '') from notified limit 1) as notified`;

/**
 * Writes the events in order, under a lock on the head that lasts until COMMIT. Throws at once when an event has no canonical form, so that
 * no COMMIT follows; rejects when one cannot be written.
 */
export function appendEvents(sql: Sql, events: readonly AuditEvent[]): Promise<unknown> {
  const parts = events.map(canonicalParts);
  return sql(
    APPEND_PARTS,
    [
      parts.map(([head]) => head),
      parts.map(([, mid]) => mid),
      parts.map(([, , tail]) => tail),
      ...fanOutParameters(events),
      DELIVERY_CHANNEL,
    ],
    'hot',
  );
}

/** Writes the events after the head, which must be locked. Throws when one cannot be written. */
export async function appendAfter(
  head: Head,
  sql: Sql,
  chain: ChainHash,
  events: readonly AuditEvent[],
): Promise<void> {
  let { sequence, hash } = head;
  const rows = events.map((event) => {
    sequence += 1;
    const canonical = canonicalEvent(event, sequence, head.at);
    hash = chain.next(hash, sequence, canonical);
    return { sequence, canonical, hash };
  });
  await sql(APPEND, [
    sequence,
    hash,
    rows.map((row) => row.sequence),
    rows.map(() => head.at),
    rows.map((row) => row.canonical),
    rows.map((row) => row.hash),
    ...fanOutParameters(events),
    DELIVERY_CHANNEL,
  ]);
}
