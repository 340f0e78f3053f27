/** What people are still to be told in direct messages. */

import type { NewNotice, Notice, Notices } from '../ports/index.js';
import type { Sql } from './sql.js';

interface NoticeRow {
  readonly id: string;
  readonly person_id: Notice['person'];
  readonly kind: Notice['kind'];
  readonly principal_id: Notice['principal'];
  readonly approval_id: NonNullable<Notice['approval']> | null;
  readonly created_at: Date;
}

export async function insertNotices(sql: Sql, notices: readonly NewNotice[]): Promise<void> {
  await sql(
    `insert into notice (person_id, kind, principal_id, approval_id)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
    [
      notices.map(({ person }) => person),
      notices.map(({ kind }) => kind),
      notices.map(({ principal }) => principal),
      notices.map(({ approval }) => approval ?? null),
    ],
  );
}

export function notices(sql: Sql): Notices {
  return {
    async untold(person, limit) {
      const rows = await sql<NoticeRow>(
        `select id, person_id, kind, principal_id, approval_id, created_at from notice
         where person_id = $1 and told_at is null order by id limit $2`,
        [person, limit],
      );
      return rows.map(toNotice);
    },

    async told(ids) {
      await sql(
        'update notice set told_at = clock_timestamp() where id = any($1::bigint[]) and told_at is null',
        [ids],
      );
    },
  };
}

const toNotice = (row: NoticeRow): Notice => ({
  id: row.id,
  person: row.person_id,
  kind: row.kind,
  principal: row.principal_id,
  approval: row.approval_id ?? undefined,
  at: row.created_at,
});
