/** Logins from a terminal. Conditional updates confirm and claim them. */

import type { PersonId } from '../domain/person.js';
import type { Login, LoginId, LoginReads, Logins } from '../ports/index.js';
import { first, only, type Sql } from './sql.js';

interface LoginRow {
  readonly id: LoginId;
  readonly device: string;
  readonly address: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const COLUMNS = 'id, device, address, created_at, expires_at';
const LIVE = 'claimed_at is null and expires_at > clock_timestamp()';

/**
 * One statement: between two, a person can confirm the login, and neither would see it as waiting or as confirmed. An UPDATE waits for a
 * concurrent confirmation and then reads the newest version of the row.
 */
const TAKE = `update login set claimed_at = case when confirmed_at is not null then clock_timestamp() end
  where id = $1 and secret_hash = $2 and ${LIVE} returning person_id`;

/** Deletes the oldest unconfirmed logins of the set, so that one place below the limit `$2` is free. */
const giveWay = (set: string) => `delete from login where confirmed_at is null and id in (
  select id from login where confirmed_at is null and ${set} order by created_at desc, id offset greatest($2::int - 1, 0))`;

/** When the installation has `$1` or more unconfirmed logins, deletes the oldest of the wide network that has most. */
const GIVE_WAY_IN_FULLEST = `delete from login where confirmed_at is null and id in (
  select id from login where confirmed_at is null
    and (select count(*) from login where confirmed_at is null) >= $1
    and wide_network = (select wide_network from login where confirmed_at is null
      group by wide_network order by count(*) desc, wide_network limit 1)
  order by created_at, id limit 1)`;

export function loginReads(sql: Sql): LoginReads {
  return {
    async byCode(codeHash) {
      const rows = await sql<LoginRow>(
        `select ${COLUMNS} from login where code_hash = $1 and confirmed_at is null and ${LIVE}`,
        [codeHash],
      );
      return present(rows);
    },
  };
}

export function logins(sql: Sql): Logins {
  return {
    ...loginReads(sql),

    async insert({ id, codeHash, secretHash, device, address, networks, ttl }, limits) {
      const { narrow, wide } = networks;
      // One network's inserts run one at a time: concurrent ones would not see each other, and together exceed the limits.
      await sql("select pg_advisory_xact_lock(hashtextextended('login ' || $1, 0))", [wide]);
      // Nothing reads a login that has expired.
      await sql('delete from login where expires_at < clock_timestamp()');
      await sql(giveWay('network = $1'), [narrow, limits.narrow]);
      await sql(giveWay('wide_network = $1'), [wide, limits.wide]);
      await sql(GIVE_WAY_IN_FULLEST, [limits.all]);
      const rows = await sql<LoginRow>(
        `insert into login (id, code_hash, secret_hash, device, address, network, wide_network, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8::float8 * interval '1 ms') returning ${COLUMNS}`,
        [id, codeHash, secretHash, device, address, narrow, wide, ttl],
      );
      return toLogin(only(rows));
    },

    async confirm(id, person) {
      const rows = await sql<LoginRow>(
        `update login set person_id = $2, confirmed_at = clock_timestamp()
         where id = $1 and confirmed_at is null and ${LIVE} returning ${COLUMNS}`,
        [id, person],
      );
      return present(rows);
    },

    async void(person) {
      await sql('delete from login where person_id = $1 and claimed_at is null', [person]);
    },

    async take(id, secretHash) {
      const row = first(await sql<{ person_id: PersonId | null }>(TAKE, [id, secretHash]));
      return row && (row.person_id ?? 'waiting');
    },

    async takenBy(id, secretHash) {
      const rows = await sql<{ person_id: PersonId }>(
        'select person_id from login where id = $1 and secret_hash = $2 and claimed_at is not null',
        [id, secretHash],
      );
      return first(rows)?.person_id;
    },
  };
}

const present = (rows: readonly LoginRow[]) => {
  const row = first(rows);
  return row && toLogin(row);
};

const toLogin = ({ id, device, address, created_at, expires_at }: LoginRow): Login => ({
  id,
  device,
  address,
  createdAt: created_at,
  expiresAt: expires_at,
});
