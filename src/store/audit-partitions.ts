/** The audit trail's parts: one is open, older ones are closed, and the oldest can be taken out of the table. None is ever deleted. */

import type { AuditParts } from '../ports/index.js';
import { first, only, type Sql } from './sql.js';

interface DetachedRow {
  readonly archive: string;
  readonly first: string;
  readonly last: string;
  readonly hash: Buffer;
}

/** Gives way before Postgres would look for a deadlock: who reads the trail and then appends to it must not wait for us in a ring. */
const GIVE_WAY = `set local lock_timeout = '500ms'`;

export function auditParts(sql: Sql): AuditParts {
  return {
    async next() {
      await sql(GIVE_WAY);
      return only(await sql<{ opened: boolean }>('select audit_next_part() as opened')).opened;
    },

    async detachOldest(before) {
      await sql(GIVE_WAY);
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

    async due(days) {
      const rows = await sql(
        `select from audit_part where last is null and opened_at < clock_timestamp() - $1 * interval '1 day'`,
        [days],
      );
      return rows.length > 0;
    },
  };
}
