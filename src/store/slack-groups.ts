/** Members of Slack user groups. Lists older than 15 minutes are not used for decisions. */

import type { SlackGroups } from '../ports/index.js';
import type { Sql } from './sql.js';

/** A person who was removed from the group can decide for at most this long. */
const FRESH = `fetched_at > clock_timestamp() - interval '15 minutes'`;

export function slackGroups(sql: Sql): SlackGroups {
  return {
    async members(groups) {
      const rows = await sql<{ group_id: string; members: string[] }>(
        `select group_id, members from slack_group where group_id = any($1) and ${FRESH}`,
        [groups],
      );
      return new Map(rows.map((row) => [row.group_id, row.members]));
    },

    async save(teamId, groupId, members) {
      await sql(
        `insert into slack_group (team_id, group_id, members) values ($1, $2, $3)
         on conflict (team_id, group_id) do update set members = $3, fetched_at = clock_timestamp()`,
        [teamId, groupId, members],
      );
    },
  };
}
