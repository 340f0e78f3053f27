/** Answers kept by idempotency key. The first transaction with a key locks its row until COMMIT or ROLLBACK; others wait. */

import type { IdempotencyStore } from '../ports/index.js';
import { only, type Sql } from './sql.js';
import { decodeAnswer, encodeAnswer, type StoredAnswer } from './stored-answer.js';

interface KeptRow {
  readonly fingerprint: string;
  readonly answer: StoredAnswer | null;
}

export function idempotency(sql: Sql): IdempotencyStore {
  return {
    async claim(principal, key, fingerprint) {
      const { answer, ...kept } = only(
        await sql<KeptRow>(
          // An update that changes nothing: it waits for the row and returns it.
          `insert into kept_answer (principal_id, key, fingerprint) values ($1, $2, $3)
           on conflict (principal_id, key) do update set key = excluded.key
           returning fingerprint, answer`,
          [principal, key, fingerprint],
        ),
      );
      return answer ? { ...kept, answer: decodeAnswer(answer) } : undefined;
    },

    async save(principal, key, answer) {
      await sql('update kept_answer set answer = $3 where principal_id = $1 and key = $2', [
        principal,
        key,
        encodeAnswer(answer),
      ]);
    },

    async release(principal, key) {
      await sql('delete from kept_answer where principal_id = $1 and key = $2', [principal, key]);
    },

    async deleteOlderThan(ms) {
      const forgotten = await sql(
        `delete from kept_answer where created_at < clock_timestamp() - $1::float8 * interval '1 ms' returning key`,
        [ms],
      );
      return forgotten.length;
    },
  };
}
