/** One-time codes that link a Slack account. Only their hashes are stored. */

import type { PersonId } from '../domain/person.js';
import type { LinkCodes } from '../ports/index.js';
import { first, only, type Sql } from './sql.js';

export function linkCodes(sql: Sql): LinkCodes {
  return {
    async save(hash, person, ttlMs) {
      await sql(
        `delete from link_code
         where (person_id = $1 and used_at is null) or expires_at < clock_timestamp() - interval '1 day'`,
        [person],
      );
      const { expires_at: expiresAt } = only(
        await sql<{ expires_at: Date }>(
          `insert into link_code (hash, person_id, expires_at)
           values ($1, $2, clock_timestamp() + $3::float8 * interval '1 ms') returning expires_at`,
          [Buffer.from(hash), person, ttlMs],
        ),
      );
      return { expiresAt };
    },

    async void(person) {
      await sql('delete from link_code where person_id = $1 and used_at is null', [person]);
    },

    async take(hash) {
      const taken = await sql<{ person_id: PersonId }>(
        `update link_code set used_at = clock_timestamp()
         where hash = $1 and used_at is null and expires_at > clock_timestamp() returning person_id`,
        [Buffer.from(hash)],
      );
      return first(taken)?.person_id;
    },
  };
}
