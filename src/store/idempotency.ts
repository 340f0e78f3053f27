/** Answers kept by idempotency key. The first transaction with a key locks its row until COMMIT or ROLLBACK; others wait. */

import type { PrincipalId } from '../domain/principal.js';
import type { IdempotencyStore } from '../ports/index.js';
import type { LateWrites } from './late-writes.js';
import { first, present, type Sql } from './sql.js';
import { decodeAnswer, encodeAnswer, type StoredAnswer } from './stored-answer.js';

/** Rows beside those of the answers. Keys of clients contain no space, and may be as long as the column allows. */
const SEALED = 'sealed ';
const SEALED_KEY = `'${SEALED}' || encode(sha256(convert_to($2, 'UTF8')), 'hex')`;

interface KeptRow {
  readonly principal_id: PrincipalId;
  readonly key: string;
  readonly fingerprint: string;
  readonly answer: StoredAnswer | null;
}

const SAVE = 'update kept_answer set answer = $3 where principal_id = $1 and key = $2';
const RELEASE = 'delete from kept_answer where principal_id = $1 and key = $2';

/** An update that changes nothing: it waits for the row and returns it. In the order of the keys, so that transactions cannot deadlock. */
const CLAIM = `
  insert into kept_answer (principal_id, key, fingerprint)
  select * from unnest($1::text[], $2::text[], $3::text[]) as c(principal, key, fingerprint) order by principal, key
  on conflict (principal_id, key) do update set key = excluded.key
  returning principal_id, key, fingerprint, answer`;

export interface Claim {
  readonly principal: PrincipalId;
  readonly key: string;
  readonly fingerprint: string;
}

/** Claims several different keys; the stored answers are in the same order. */
export async function claimAnswers(sql: Sql, claims: readonly Claim[]) {
  const parameters = [
    claims.map(({ principal }) => principal),
    claims.map(({ key }) => key),
    claims.map(({ fingerprint }) => fingerprint),
  ];
  const rows = await sql<KeptRow>(CLAIM, parameters, 'hot');
  return claims.map(({ principal, key }) => {
    const { fingerprint, answer } = present(
      rows.find((row) => row.principal_id === principal && row.key === key),
    );
    return answer ? { fingerprint, answer: decodeAnswer(answer) } : undefined;
  });
}

/** The answer is written with the transaction's last statements: it becomes visible with the COMMIT alone. */
export function idempotency(sql: Sql, late: LateWrites): IdempotencyStore {
  return {
    claim: async (principal, key, fingerprint) =>
      (await claimAnswers(sql, [{ principal, key, fingerprint }]))[0],

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
