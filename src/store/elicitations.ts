/** Elicitations: questions to the person at an AI tool. A conditional update records the first answer. */

import type { ElicitationReads, Elicitations } from '../ports/index.js';
import { first, type Sql } from './sql.js';

export function elicitationReads(sql: Sql): ElicitationReads {
  return {
    async answerTo(id) {
      const rows = await sql<{ answer: string | null }>(
        'select answer from question where id = $1',
        [id],
      );
      const answer = first(rows)?.answer;
      return typeof answer === 'string' ? JSON.parse(answer) : undefined;
    },
  };
}

export function elicitations(sql: Sql): Elicitations {
  return {
    ...elicitationReads(sql),

    async insert(id, principal) {
      await sql(`delete from question where asked_at < clock_timestamp() - interval '1 hour'`);
      await sql('insert into question (id, principal_id) values ($1, $2)', [id, principal]);
    },

    async answer(id, principal, answer) {
      const rows = await sql(
        `update question set answer = $3 where id = $1 and principal_id = $2 and answer is null returning id`,
        [id, principal, JSON.stringify(answer)],
      );
      return rows.length === 1;
    },

    async remove(id) {
      await sql('delete from question where id = $1', [id]);
    },
  };
}
