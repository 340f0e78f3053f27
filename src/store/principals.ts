/** Principals and their keys. Only the HMAC of a key is stored; one statement reads it, to authenticate. */

import type { Person } from '../domain/person.js';
import type { ApiKey, Principal, PrincipalId } from '../domain/principal.js';
import type { Credentials, LimitRefusal, PrincipalReads, Principals } from '../ports/index.js';
import { first, only, requireNone, type Sql } from './sql.js';

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

interface CredentialsRow extends KeyRow, Omit<PrincipalRow, 'id' | 'class'> {
  readonly hash: Buffer;
  readonly live: boolean;
  readonly email: string;
  readonly role: Person['role'];
  readonly active: boolean;
  readonly slack: Person['slack'] | null;
}

const SELECT_PRINCIPAL =
  'select id, name, class, owner_id, suspended_at, suspended_by from principal';

const KEY_COLUMNS = 'id, principal_id, class, scopes, hint, created_at, expires_at, revoked_at';

/** Everything that authentication depends on, from one statement: what an unknown key costs is what a known one costs. */
const CREDENTIALS = `
  select k.id, k.principal_id, k.class, k.scopes, k.hint, k.created_at, k.expires_at, k.revoked_at, k.hash,
    k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp()) as live,
    p.name, p.owner_id, p.suspended_at, p.suspended_by, o.email, o.role, o.active,
    (select json_agg(json_build_object('teamId', team_id, 'userId', user_id)) from slack_account where person_id = o.id) as slack
  from api_key k join principal p on p.id = k.principal_id join person o on o.id = p.owner_id where k.id = $1`;

async function one(rows: Promise<PrincipalRow[]>): Promise<Principal | undefined> {
  const row = first(await rows);
  return row && toPrincipal(row);
}

export function principalReads(sql: Sql): PrincipalReads {
  const find: PrincipalReads['find'] = (id) =>
    one(sql(`${SELECT_PRINCIPAL} where id = $1`, [id], 'hot'));
  return {
    find,
    byName: (name) =>
      one(sql(`${SELECT_PRINCIPAL} where lower(name collate "C") = lower($1 collate "C")`, [name])),

    async list() {
      return (await sql<PrincipalRow>(`${SELECT_PRINCIPAL} order by name`)).map(toPrincipal);
    },

    async holders(ids) {
      const rows = await sql<{
        id: string;
        name: string;
        class: Principal['class'];
        email: string;
      }>(
        'select p.id, p.name, p.class, o.email from principal p join person o on o.id = p.owner_id where p.id = any($1)',
        [ids],
      );
      return new Map(
        rows.map(({ id, name, class: keyClass, email }) => [
          id,
          { name, class: keyClass, owner: email },
        ]),
      );
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
      return row && toCredentials(row);
    },
  };
}

export function principals(sql: Sql): Principals {
  const reads = principalReads(sql);
  return {
    ...reads,

    async insert(principal) {
      const { id, name, owner } = principal;
      const inserted = await sql(
        `insert into principal (id, name, class, owner_id) values ($1, $2, $3, $4)
         on conflict (lower(name collate "C")) do nothing returning id`,
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
      if (row) return toKey(row);
      const left = 'select 1 from api_key where id = $1 and revoked_at is null';
      await requireNone(sql, left, [id]);
      return undefined;
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
      if (suspended.length === 1) return reads.find(id);
      const left = 'select 1 from principal where id = $1 and suspended_at is null';
      await requireNone(sql, left, [id]);
      return undefined;
    },

    async resume(id) {
      const resumed = await sql(
        `update principal set suspended_at = null, suspended_by = null
         where id = $1 and suspended_at is not null returning id`,
        [id],
      );
      return resumed.length === 1 ? reads.find(id) : undefined;
    },

    async countLimitRefusal(id, refusal) {
      const row = first(
        await sql<{ due: boolean; before: number }>(
          `update principal p set limit_refusals = case when o.due then 0 else o.before + 1 end,
             limit_refused_at = case when o.due then clock_timestamp() else p.limit_refused_at end,
             limit_refusal = case when o.due then null else $2::jsonb end
           from (select id, limit_refusals as before,
               coalesce(limit_refused_at <= clock_timestamp() - interval '1 minute', true) as due
             from principal where id = $1 for no key update) o
           where p.id = o.id returning o.due, o.before`,
          [id, JSON.stringify(refusal)],
        ),
      );
      return row?.due ? row.before + 1 : undefined;
    },

    async takeLimitRefusals() {
      const rows = await sql<{
        id: Principal['id'];
        name: string;
        count: number;
        refusal: LimitRefusal;
      }>(
        `with due as (
           select id, limit_refusals, limit_refusal from principal
           where limit_refusals > 0 and limit_refused_at <= clock_timestamp() - interval '1 minute'
           order by id for no key update skip locked)
         update principal p set limit_refusals = 0, limit_refusal = null, limit_refused_at = clock_timestamp()
         from due where p.id = due.id
         returning p.id, p.name, due.limit_refusals as count, due.limit_refusal as refusal`,
      );
      return rows.map(({ id, name, count, refusal }) => ({
        ...refusal,
        principal: { id, name },
        count,
      }));
    },

    lockActive: async (id) => (await lockActive(sql, [id]))[0],
  };
}

// No stronger lock: a transaction that inserts a grant has a key share lock on the row, and could deadlock with this one.
const LOCK_ACTIVE = `${SELECT_PRINCIPAL} where id = any($1) and suspended_at is null order by id for no key update`;

/** Locks the principals that are not suspended, in the order of their ids. With `skipLocked` one that another transaction has locked is undefined. */
export async function lockActive(
  sql: Sql,
  ids: readonly PrincipalId[],
  { skipLocked = false } = {},
): Promise<readonly (Principal | undefined)[]> {
  const text = skipLocked ? `${LOCK_ACTIVE} skip locked` : LOCK_ACTIVE;
  const rows = await sql<PrincipalRow>(text, [ids], 'hot');
  return ids.map((id) => {
    const row = rows.find((one) => one.id === id);
    return row && toPrincipal(row);
  });
}

const toPrincipal = (row: PrincipalRow): Principal => ({
  id: row.id,
  name: row.name,
  class: row.class,
  owner: row.owner_id,
  suspendedAt: row.suspended_at ?? undefined,
  suspendedBy: row.suspended_by ?? undefined,
});

const toCredentials = (row: CredentialsRow): Credentials => ({
  key: toKey(row),
  hash: row.hash,
  // A key has the class of its principal: a foreign key.
  principal: toPrincipal({ ...row, id: row.principal_id }),
  owner: {
    id: row.owner_id,
    email: row.email,
    role: row.role,
    active: row.active,
    slack: row.slack ?? [],
  },
  live: row.live,
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
