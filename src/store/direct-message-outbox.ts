/** Direct messages that wait to be sent. */

import type { DirectMessage, DirectMessageOutbox } from '../ports/index.js';
import type { Sql } from './sql.js';

interface DirectMessageRow {
  readonly id: string;
  readonly person_id: DirectMessage['person'];
  readonly kind: DirectMessage['kind'];
  readonly principal_id: DirectMessage['principal'];
  readonly approval_id: NonNullable<DirectMessage['approval']> | null;
  readonly created_at: Date;
}

export function directMessageOutbox(sql: Sql): DirectMessageOutbox {
  return {
    async unsent(person, limit) {
      const rows = await sql<DirectMessageRow>(
        `select id, person_id, kind, principal_id, approval_id, created_at from notice
         where person_id = $1 and told_at is null order by id limit $2`,
        [person, limit],
      );
      return rows.map(toDirectMessage);
    },

    async markSent(ids) {
      await sql(
        'update notice set told_at = clock_timestamp() where id = any($1::bigint[]) and told_at is null',
        [ids],
      );
    },
  };
}

const toDirectMessage = (row: DirectMessageRow): DirectMessage => ({
  id: row.id,
  person: row.person_id,
  kind: row.kind,
  principal: row.principal_id,
  approval: row.approval_id ?? undefined,
  at: row.created_at,
});
