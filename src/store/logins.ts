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

    async open() {
      const { count } = only(
        await sql<{ count: number }>(`select count(*)::int as count from login where ${LIVE}`),
      );
      return count;
    },

    async insert({ id, codeHash, secretHash, device, address, ttl }) {
      await sql(`delete from login where expires_at < clock_timestamp() - interval '1 day'`);
      const rows = await sql<LoginRow>(
        `insert into login (id, code_hash, secret_hash, device, address, expires_at)
         values ($1, $2, $3, $4, $5, clock_timestamp() + $6::float8 * interval '1 ms') returning ${COLUMNS}`,
        [id, codeHash, secretHash, device, address, ttl],
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
      const taken = await sql<{ person_id: PersonId }>(
        `update login set claimed_at = clock_timestamp()
         where id = $1 and secret_hash = $2 and confirmed_at is not null and ${LIVE} returning person_id`,
        [id, secretHash],
      );
      const person = first(taken)?.person_id;
      if (person) return person;
      const waiting = await sql(
        `select id from login where id = $1 and secret_hash = $2 and confirmed_at is null and ${LIVE}`,
        [id, secretHash],
      );
      return waiting.length === 1 ? 'waiting' : undefined;
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
