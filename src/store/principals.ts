/** Principals and their keys. Only the HMAC of a key is stored; one statement reads it, to authenticate. */

import type { Person } from '../domain/person.js';
import type { ApiKey, Principal } from '../domain/principal.js';
import type { PersonReads, PrincipalReads, Principals } from '../ports/index.js';
import { first, only, type Sql } from './sql.js';

interface PrincipalRow {
  readonly id: Principal['id'];
  readonly name: string;
  readonly class: Principal['class'];
  readonly owner_id: Person['id'];
  readonly suspended_at: Date | null;
  readonly suspended_by: Person['id'] | null;
}

interface KeyRow {
  readonly id: string;
  readonly principal_id: Principal['id'];
  readonly class: ApiKey['class'];
  readonly scopes: ApiKey['scopes'];
  readonly hint: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

interface CredentialsRow extends KeyRow {
  readonly hash: Buffer;
  readonly live: boolean;
}

const SELECT_PRINCIPAL =
  'select id, name, class, owner_id, suspended_at, suspended_by from principal';

const KEY_COLUMNS = 'id, principal_id, class, scopes, hint, created_at, expires_at, revoked_at';

const CREDENTIALS = `
  select ${KEY_COLUMNS}, hash, revoked_at is null and (expires_at is null or expires_at > clock_timestamp()) as live
  from api_key where id = $1`;

export function principalReads(sql: Sql, people: PersonReads): PrincipalReads {
  const one = async (rows: Promise<PrincipalRow[]>) => {
    const row = first(await rows);
    return row && toPrincipal(row);
  };
  const find: PrincipalReads['find'] = (id) =>
    one(sql(`${SELECT_PRINCIPAL} where id = $1`, [id], 'hot'));
  return {
    find,
    byName: (name) => one(sql(`${SELECT_PRINCIPAL} where lower(name) = lower($1)`, [name])),

    async list() {
      return (await sql<PrincipalRow>(`${SELECT_PRINCIPAL} order by name`)).map(toPrincipal);
    },

    async keys(principal) {
      const rows = await sql<KeyRow>(
        `select ${KEY_COLUMNS} from api_key where $1::text is null or principal_id = $1 order by created_at`,
        [principal ?? null],
      );
      return rows.map(toKey);
    },

    async credentials(keyId) {
      const row = first(await sql<CredentialsRow>(CREDENTIALS, [keyId], 'hot'));
      const principal = row && (await find(row.principal_id));
      const owner = principal && (await people.find(principal.owner));
      if (!row || !principal || !owner) return undefined;
      return { key: toKey(row), hash: row.hash, principal, owner, live: row.live };
    },
  };
}

export function principals(sql: Sql, people: PersonReads): Principals {
  const reads = principalReads(sql, people);
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
      const row = only(
        await sql<KeyRow>(
          `insert into api_key (id, principal_id, class, scopes, hash, hint, expires_at)
           values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::float8 * interval '1 ms')
           returning ${KEY_COLUMNS}`,
          [id, principal, keyClass, scopes, hash, hint, ttlMs ?? null],
        ),
      );
      return toKey(row);
    },

    async revokeKey(id) {
      const revoked = await sql<KeyRow>(
        `update api_key set revoked_at = clock_timestamp() where id = $1 and revoked_at is null returning ${KEY_COLUMNS}`,
        [id],
      );
      const row = first(revoked);
      return row && toKey(row);
    },

    async revokeKeysOf(owner) {
      const revoked = await sql<KeyRow>(
        `update api_key set revoked_at = clock_timestamp()
         where revoked_at is null and principal_id in (select id from principal where owner_id = $1)
         returning ${KEY_COLUMNS}`,
        [owner],
      );
      return revoked.map(toKey);
    },

    async liveKeys(id) {
      const live = await sql<Pick<KeyRow, 'id'>>(
        `select id from api_key where principal_id = $1 and revoked_at is null
           and (expires_at is null or expires_at > clock_timestamp())`,
        [id],
      );
      return live.map((key) => key.id);
    },

    async lock(id) {
      // Not `for update`: that would also wait for every insert that refers to the principal.
      await sql('select id from principal where id = $1 for no key update', [id]);
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

const toPrincipal = (row: PrincipalRow): Principal => ({
  id: row.id,
  name: row.name,
  class: row.class,
  owner: row.owner_id,
  suspendedAt: row.suspended_at ?? undefined,
  suspendedBy: row.suspended_by ?? undefined,
});

const toKey = (row: KeyRow): ApiKey => ({
  id: row.id,
  principal: row.principal_id,
  class: row.class,
  scopes: row.scopes,
  hint: row.hint,
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
});
