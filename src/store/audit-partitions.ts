/** Partitions of the audit trail: one is open, older ones are closed, and the oldest can be detached. vsecure never deletes one. */

import type { AuditPartitions } from '../ports/index.js';
import { first, only, type Sql, writeOne } from './sql.js';

interface DetachedRow {
  readonly archive: string;
  readonly first: string;
  readonly last: string;
  readonly hash: Buffer;
}

/** Shorter than Postgres' deadlock timeout: a transaction that reads the trail and then appends to it must not fail because of this one. */
const LOCK_TIMEOUT = `set local lock_timeout = '500ms'`;

export function auditPartitions(sql: Sql): AuditPartitions {
  return {
    async next() {
      await sql(LOCK_TIMEOUT);
      return only(await sql<{ opened: boolean }>('select audit_next_part() as opened')).opened;
    },

    async detachOldest(before) {
      await sql(LOCK_TIMEOUT);
      const row = first(
        await sql<DetachedRow>('select * from audit_detach_oldest($1::timestamptz)', [before]),
      );
      return (
        row && {
          archive: row.archive,
          first: Number(row.first),
          last: Number(row.last),
          hash: row.hash.toString('hex'),
        }
      );
    },

    async saveProof(archive, proof) {
      const update = 'update audit_part set proof = $2 where name = $1 and detached_at is not null';
      await writeOne(sql, update, [archive, proof]);
    },

    async due(days) {
      const rows = await sql(
        `select from audit_part where last is null and opened_at < clock_timestamp() - $1 * interval '1 day'`,
        [days],
      );
      return rows.length > 0;
    },
  };
}
