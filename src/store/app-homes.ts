/** Which people opened their App Home recently, and whose Home must be drawn again. */

import type { AppHomeReads, AppHomes, OpenedHome } from '../ports/index.js';
import { first, type Sql } from './sql.js';

/** A Home that was not opened for this long is not updated until it is opened again. */
const FRESH = `opened_at > clock_timestamp() - interval '30 minutes'`;
/** Changes within this time are drawn together. */
const QUIET = `interval '2 seconds'`;

interface HomeRow {
  readonly user_id: string;
  readonly hash: string | null;
  readonly fresh: boolean;
}

export function appHomeReads(sql: Sql): AppHomeReads {
  return {
    async find(person): Promise<OpenedHome | undefined> {
      const row = first(
        await sql<HomeRow>(
          `select user_id, hash, ${FRESH} as fresh from slack_home where person_id = $1`,
          [person],
        ),
      );
      if (!row) return undefined;
      return { person, userId: row.user_id, hash: row.hash ?? undefined, fresh: row.fresh };
    },
  };
}

export function appHomes(sql: Sql): AppHomes {
  return {
    ...appHomeReads(sql),

    async recordOpened(person, userId) {
      await sql(
        `insert into slack_home (person_id, user_id) values ($1, $2) on conflict (person_id) do update
         set opened_at = clock_timestamp(), user_id = $2,
           hash = case when slack_home.user_id = $2 then slack_home.hash end`,
        [person, userId],
      );
    },

    async watch(person, { everything, principals, prefixes }) {
      await sql(
        'update slack_home set everything = $2, principals = $3, prefixes = $4 where person_id = $1',
        [person, everything, principals, prefixes],
      );
    },

    async recordDrawn(person, hash) {
      await sql('update slack_home set hash = $2 where person_id = $1', [person, hash ?? null]);
    },

    async close(person) {
      await sql('delete from slack_home where person_id = $1', [person]);
    },
  };
}

/** SQL of the App Homes that show one of these approvals, as rows of the outbox that become due; `touched` is the SQL of their ids. */
export const dueHomes = (touched: string) => `
  select 'slack_home', h.person_id, clock_timestamp() + ${QUIET} from slack_home h
  where h.${FRESH} and exists (select from approval a where a.id = any(${touched}::text[]) and (
    h.everything or a.principal_id = any(h.principals)
    or exists (select from unnest(a.resources) r, unnest(h.prefixes) p where starts_with(r, p))))`;
