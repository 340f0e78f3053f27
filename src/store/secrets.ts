/** Secrets: their metadata and sealed versions. Only the read ledger reads sealed values. */

import { patternRegex } from '../domain/pattern.js';
import type { SecretMetadata } from '../domain/secret.js';
import type { SecretReads, Secrets } from '../ports/index.js';
import { listed } from './page.js';
import { first, only, requireNone, type Sql, writeOne } from './sql.js';

const COLUMNS = 'id, path, version, created_at as "createdAt", updated_at as "updatedAt"';
const SELECT = `select ${COLUMNS} from secret where deleted_at is null`;
/** The index is on `lower(path collate "C")`, which folds ASCII in every locale; paths are compared as they are written. */
const BY_PATH = `${SELECT} and lower(path collate "C") = lower($1 collate "C") and path = $1`;

export function secretReads(sql: Sql): SecretReads {
  return {
    find: async (path) => first(await sql<SecretMetadata>(BY_PATH, [path])),

    async list({ limit, after, pattern }) {
      const params: (string | number)[] = [limit + 1];
      const parameter = (value: string) => `$${params.push(value)}`;
      const later = after === undefined ? '' : ` and path > ${startOf(after, parameter(after))}`;
      const covered =
        pattern === undefined
          ? ''
          : ` and starts_with(path, ${parameter(beginningOf(pattern))}) and path ~ ${parameter(patternRegex(pattern))}`;
      const rows = await sql<SecretMetadata>(
        `${SELECT}${later}${covered} order by path limit $1`,
        params,
        'hot',
      );
      // The last secret of the page may be hidden from the caller, so the cursor is its id and not its name.
      return listed(rows, limit, ({ id }) => id);
    },

    async existing(paths) {
      const rows = await sql<Pick<SecretMetadata, 'path'>>(
        `select path from secret where deleted_at is null
           and lower(path collate "C") = any (select lower(one collate "C") from unnest($1::text[]) one) and path = any ($1)`,
        [paths],
      );
      return rows.map(({ path }) => path);
    },
  };
}

/** A cursor is a secret's id. A name is where completion starts. */
const startOf = (after: string, parameter: string) =>
  after.startsWith('scrt_') ? `(select path from secret where id = ${parameter})` : parameter;

/** What every resource that the pattern covers begins with, so that the index on paths finds them. */
const beginningOf = (pattern: string) => pattern.replace(/\*.*/, '');

export function secrets(sql: Sql): Secrets {
  return {
    ...secretReads(sql),

    lock: async (path) => first(await sql<SecretMetadata>(`${BY_PATH} for update`, [path])),

    async insert(id, path) {
      return first(
        await sql<SecretMetadata>(
          `insert into secret (id, path) values ($1, $2) on conflict (lower(path collate "C")) do update set deleted_at = null
           where secret.deleted_at is not null and secret.path = excluded.path returning ${COLUMNS}`,
          [id, path],
        ),
      );
    },

    async addVersion({ secretId, version, sealed, fingerprint, createdBy }) {
      await writeOne(
        sql,
        `insert into secret_version
           (secret_id, version, algorithm, master_key_id, wrapped_key, iv, ciphertext, tag, fingerprint, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          secretId,
          version,
          sealed.algorithm,
          sealed.masterKeyId,
          sealed.wrappedKey,
          sealed.iv,
          sealed.ciphertext,
          sealed.tag,
          fingerprint,
          createdBy,
        ],
      );
      return only(
        await sql<SecretMetadata>(
          `update secret set version = $2, updated_at = clock_timestamp() where id = $1 and version = $2 - 1
           returning ${COLUMNS}`,
          [secretId, version],
        ),
      );
    },

    async hasFingerprint(id, version, fingerprint) {
      const rows = await sql(
        'select from secret_version where secret_id = $1 and version = $2 and fingerprint = $3',
        [id, version, fingerprint],
      );
      return rows.length === 1;
    },

    async remove(id) {
      await sql('delete from secret_version where secret_id = $1', [id]);
      const left = 'select 1 from secret_version where secret_id = $1 limit 1';
      await requireNone(sql, left, [id]);
      await writeOne(sql, 'update secret set deleted_at = clock_timestamp() where id = $1', [id]);
    },
  };
}
