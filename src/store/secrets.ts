/** Secrets: metadata, and sealed versions on their way in. Sealed values leave only through the read ledger. */

import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import type { SecretMetadata } from '../domain/secret.js';
import type { SecretReads, Secrets } from '../ports/index.js';
import { columnsOf } from './columns.js';
import { listed } from './page.js';
import { only, type Sql } from './sql.js';
import { SecretTable } from './tables.js';

/** What is not deleted. */
const PRESENT = { deletedAt: IsNull() };

export function secretReads(manager: EntityManager, sql: Sql): SecretReads {
  const select = `select ${columnsOf(manager, SecretTable)} from secret where deleted_at is null`;
  return {
    find: async (path) => (await manager.findOneBy(SecretTable, { ...PRESENT, path })) ?? undefined,

    async list({ limit, after }) {
      const rows =
        after === undefined
          ? await sql<SecretMetadata>(`${select} order by path limit $1`, [limit + 1], 'hot')
          : await sql<SecretMetadata>(
              `${select} and path > $2 order by path limit $1`,
              [limit + 1, after],
              'hot',
            );
      return listed(rows, limit, ({ path }) => path);
    },
  };
}

export function secrets(manager: EntityManager, sql: Sql): Secrets {
  const reads = secretReads(manager, sql);
  const present = async (path: string): Promise<SecretMetadata> =>
    only(await manager.findBy(SecretTable, { path }));
  return {
    ...reads,

    async lock(path) {
      const lock = { mode: 'pessimistic_write' } as const;
      return (
        (await manager.findOne(SecretTable, { where: { ...PRESENT, path }, lock })) ?? undefined
      );
    },

    async insert(id, path) {
      const inserted = await sql(
        `insert into secret (id, path) values ($1, $2) on conflict (lower(path)) do update set deleted_at = null
         where secret.deleted_at is not null and secret.path = excluded.path returning id`,
        [id, path],
      );
      return inserted.length === 1 ? present(path) : undefined;
    },

    async addVersion({ secretId, version, sealed, createdBy }) {
      await sql(
        `insert into secret_version
           (secret_id, version, algorithm, master_key_id, wrapped_key, iv, ciphertext, tag, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          secretId,
          version,
          sealed.algorithm,
          sealed.masterKeyId,
          sealed.wrappedKey,
          sealed.iv,
          sealed.ciphertext,
          sealed.tag,
          createdBy,
        ],
      );
      const { path } = only(
        await sql<{ path: string }>(
          `update secret set version = $2, updated_at = clock_timestamp() where id = $1 and version = $2 - 1 returning path`,
          [secretId, version],
        ),
      );
      return present(path);
    },

    async remove(id) {
      await sql('delete from secret_version where secret_id = $1', [id]);
      await sql('update secret set deleted_at = clock_timestamp() where id = $1', [id]);
    },
  };
}
