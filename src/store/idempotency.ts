/** Answers kept by idempotency key. The first transaction with a key locks its row until COMMIT or ROLLBACK; others wait. */

import type { IdempotencyStore } from '../ports/index.js';
import type { LateWrites } from './late-writes.js';
import { first, only, type Sql } from './sql.js';
import { decodeAnswer, encodeAnswer, type StoredAnswer } from './stored-answer.js';

/** Rows beside those of the answers. Keys of clients contain no space, and may be as long as the column allows. */
const SEALED = 'sealed ';
const SEALED_KEY = `'${SEALED}' || encode(sha256(convert_to($2, 'UTF8')), 'hex')`;

interface KeptRow {
  readonly fingerprint: string;
  readonly answer: StoredAnswer | null;
}

const SAVE = 'update kept_answer set answer = $3 where principal_id = $1 and key = $2';
const RELEASE = 'delete from kept_answer where principal_id = $1 and key = $2';

/** The answer is written with the transaction's last statements: it becomes visible with the COMMIT alone. */
export function idempotency(sql: Sql, late: LateWrites): IdempotencyStore {
  return {
    async claim(principal, key, fingerprint) {
      const { answer, ...kept } = only(
        await sql<KeptRow>(
          // An update that changes nothing: it waits for the row and returns it.
          `insert into kept_answer (principal_id, key, fingerprint) values ($1, $2, $3)
           on conflict (principal_id, key) do update set key = excluded.key
           returning fingerprint, answer`,
          [principal, key, fingerprint],
          'hot',
        ),
      );
      return answer ? { ...kept, answer: decodeAnswer(answer) } : undefined;
    },

    async save(principal, key, answer) {
      const parameters = [principal, key, encodeAnswer(answer)];
      late.send((last) => last(SAVE, parameters, 'hot'));
    },

    async saveSealed(principal, key, sealed) {
      await sql(
        `insert into kept_answer (principal_id, key, fingerprint, answer)
         values ($1, ${SEALED_KEY}, encode(sha256(convert_to($2, 'UTF8')), 'hex'), $3)`,
        [principal, key, encodeAnswer(sealed)],
      );
    },

    async sealed(principal, key, ms) {
      const rows = await sql<{ answer: StoredAnswer }>(
        `select answer from kept_answer where principal_id = $1 and key = ${SEALED_KEY}
           and created_at > clock_timestamp() - $3::float8 * interval '1 ms'`,
        [principal, key, ms],
      );
      const row = first(rows);
      const sealed = row && decodeAnswer(row.answer);
      return typeof sealed === 'string' ? sealed : undefined;
    },

    async deleteSealed(ms) {
      await sql(
        `delete from kept_answer where created_at < clock_timestamp() - $1::float8 * interval '1 ms'
           and starts_with(key, $2)`,
        [ms, SEALED],
      );
    },

    async release(principal, key) {
      late.send((last) => last(RELEASE, [principal, key], 'hot'));
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
