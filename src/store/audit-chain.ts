/** Appends to the one hash chain. Called as the last thing before COMMIT, so its head is the last row a transaction locks. */

import { type AuditEvent, canonicalEvent } from '../domain/audit-event.js';
import type { ChainHash } from '../domain/ports.js';
import { only, type Sql } from './sql.js';

/** The database's clock at this moment as RFC 3339 with microseconds: a JS Date would cut them. */
const TIMESTAMP = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

interface Head {
  readonly sequence: string;
  readonly hash: Buffer;
  readonly at: string;
}

/** Writes the events in order, under a lock on the head that is held until COMMIT. Throws when one cannot be written. */
export async function appendEvents(
  sql: Sql,
  chain: ChainHash,
  events: readonly AuditEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const head = only(
    await sql<Head>(`select sequence, hash, ${TIMESTAMP} as at from audit_head for update`),
  );
  let sequence = Number(head.sequence);
  let hash: Uint8Array = head.hash;
  const rows = events.map((event) => {
    sequence += 1;
    const canonical = canonicalEvent(event, sequence, head.at);
    hash = chain.next(hash, sequence, canonical);
    return { sequence, canonical, hash };
  });
  await sql(
    `with head as (update audit_head set sequence = $1, hash = $2)
     insert into audit_event (sequence, at, canonical, hash)
     select * from unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::bytea[])`,
    [
      sequence,
      hash,
      rows.map((row) => row.sequence),
      rows.map(() => head.at),
      rows.map((row) => row.canonical),
      rows.map((row) => row.hash),
    ],
  );
}
