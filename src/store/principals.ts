/** Principals and their keys. Only the HMAC of a key is stored; it is read in one place, to authenticate. */

import type { EntityManager } from 'typeorm';
import type { ApiKey, Principal } from '../domain/principal.js';
import type { PersonReads, PrincipalReads, Principals } from '../ports/index.js';
import { first, only, type Sql } from './sql.js';
import { type ApiKeyRow, ApiKeyTable, type PrincipalRow, PrincipalTable } from './tables.js';

export function principalReads(
  manager: EntityManager,
  sql: Sql,
  people: PersonReads,
): PrincipalReads {
  const find: PrincipalReads['find'] = async (id) =>
    present(await manager.findOneBy(PrincipalTable, { id }));
  return {
    find,

    async byName(name) {
      const query = manager.createQueryBuilder(PrincipalTable, 'p');
      return present(await query.where('lower(p.name) = lower(:name)', { name }).getOne());
    },

    async list() {
      return (await manager.find(PrincipalTable, { order: { name: 'asc' } })).map(toPrincipal);
    },

    async keys(principal) {
      const where = principal ? { principal } : {};
      const rows = await manager.find(ApiKeyTable, { where, order: { createdAt: 'asc' } });
      return rows.map(toKey);
    },

    async credentials(keyId) {
      const row = first(await sql<CredentialRow>(CREDENTIALS, [keyId]));
      const key = row && (await manager.findOneBy(ApiKeyTable, { id: keyId }));
      const principal = key && (await find(key.principal));
      const owner = principal && (await people.find(principal.owner));
      if (!row || !key || !principal || !owner) return undefined;
      return { key: toKey(key), hash: row.hash, principal, owner, live: row.live };
    },
  };
}

interface CredentialRow {
  readonly hash: Buffer;
  readonly live: boolean;
}

const CREDENTIALS = `
  select hash, revoked_at is null and (expires_at is null or expires_at > clock_timestamp()) as live
  from api_key where id = $1`;

export function principals(manager: EntityManager, sql: Sql, people: PersonReads): Principals {
  const reads = principalReads(manager, sql, people);
  const key = async (id: string) => {
    const row = await manager.findOneBy(ApiKeyTable, { id });
    if (!row) throw new Error('a key that was just written is not there');
    return toKey(row);
  };
  return {
    ...reads,

    async insert(principal) {
      const { id, name, owner } = principal;
      const inserted = await sql(
        `insert into principal (id, name, class, owner_id) values ($1, $2, $3, $4)
         on conflict (lower(name)) do nothing returning id`,
        [id, name, principal.class, owner],
      );
      return inserted.length === 1 ? principal : undefined;
    },

    async insertKey({ id, principal, class: keyClass, scopes, hint }, hash, ttlMs) {
      only(
        await sql(
          `insert into api_key (id, principal_id, class, scopes, hash, hint, expires_at)
           values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::float8 * interval '1 ms') returning id`,
          [id, principal, keyClass, scopes, hash, hint, ttlMs ?? null],
        ),
      );
      return key(id);
    },

    async revokeKey(id) {
      const revoked = await sql(
        `update api_key set revoked_at = clock_timestamp() where id = $1 and revoked_at is null returning id`,
        [id],
      );
      return revoked.length === 1 ? key(id) : undefined;
    },

    async suspend(id, by) {
      const suspended = await sql(
        `update principal set suspended_at = clock_timestamp(), suspended_by = $2
         where id = $1 and suspended_at is null returning id`,
        [id, by],
      );
      return suspended.length === 1 ? reads.find(id) : undefined;
    },

    async resume(id) {
      const resumed = await sql(
        `update principal set suspended_at = null, suspended_by = null
         where id = $1 and suspended_at is not null returning id`,
        [id],
      );
      return resumed.length === 1 ? reads.find(id) : undefined;
    },

    async lockActive(id) {
      const held = await sql(
        'select id from principal where id = $1 and suspended_at is null for share',
        [id],
      );
      return held.length === 1 ? reads.find(id) : undefined;
    },
  };
}

function present(row: PrincipalRow | null): Principal | undefined {
  if (!row) return undefined;
  return toPrincipal(row);
}

function toPrincipal(row: PrincipalRow): Principal {
  const { id, name, class: keyClass, owner, suspendedAt, suspendedBy } = row;
  const suspension = {
    suspendedAt: suspendedAt ?? undefined,
    suspendedBy: suspendedBy ?? undefined,
  };
  return { id, name, class: keyClass, owner, ...suspension };
}

function toKey(row: ApiKeyRow): ApiKey {
  const { id, principal, class: keyClass, scopes, hint, createdAt, expiresAt, revokedAt } = row;
  return {
    id,
    principal,
    class: keyClass,
    scopes,
    hint,
    createdAt,
    expiresAt: expiresAt ?? undefined,
    revokedAt: revokedAt ?? undefined,
  };
}
