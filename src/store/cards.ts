/** The Slack messages that show a request. */

import type { DataSource } from 'typeorm';
import type { CardCopy, Cards, PostedCard } from '../ports/index.js';
import { first, sqlOn } from './sql.js';

interface CardRow {
  readonly approval_id: PostedCard['approval'];
  readonly team_id: string;
  readonly channel: string;
  readonly message_ts: string;
  readonly kind: CardCopy['kind'];
  readonly drawn: number;
}

/** Direct messages come after the channel. */
const CHANNEL_FIRST = `order by channel like 'D%', posted_at`;

export function createCards(dataSource: DataSource): Cards {
  const sql = sqlOn(dataSource);
  return {
    async find(id) {
      const row = first(
        await sql<CardRow>(
          `select * from card where approval_id = $1 and kind = 'card' ${CHANNEL_FIRST} limit 1`,
          [id],
        ),
      );
      return row && toPosted(row);
    },

    async copies(id) {
      const rows = await sql<CardRow>(
        `select * from card where approval_id = $1 and kind <> 'line' ${CHANNEL_FIRST}`,
        [id],
      );
      return rows.map((row) => ({ ...toPosted(row), kind: row.kind, drawn: row.drawn }));
    },

    async shows(channel, messageId, id) {
      const rows = await sql(
        'select 1 from card where approval_id = $1 and channel = $2 and message_ts = $3',
        [id, channel, messageId],
      );
      return rows.length > 0;
    },

    async save({ approval, teamId, channel, messageId }, revision = 0) {
      await sql(
        `insert into card (approval_id, team_id, channel, message_ts, drawn) values ($1, $2, $3, $4, $5)
         on conflict (approval_id, channel) do update
           set team_id = $2, message_ts = $4, drawn = $5, kind = 'card', permalink = null`,
        [approval, teamId, channel, messageId, revision],
      );
    },

    async recordDrawn({ approval, channel, messageId }, revision) {
      await sql(
        `update card set drawn = greatest(drawn, $4)
         where approval_id = $1 and channel = $2 and message_ts = $3`,
        [approval, channel, messageId, revision],
      );
    },

    async remove({ approval, channel, messageId }) {
      await sql(
        `delete from card where approval_id = $1 and channel = $2 and message_ts = $3 and kind = 'card'`,
        [approval, channel, messageId],
      );
    },

    async link(id) {
      const row = first(
        await sql<{ permalink: string }>(
          `select permalink from card where approval_id = $1 and permalink is not null ${CHANNEL_FIRST} limit 1`,
          [id],
        ),
      );
      return row?.permalink;
    },

    async saveLink({ approval, channel, messageId }, permalink) {
      await sql(
        `update card set permalink = $4 where approval_id = $1 and channel = $2 and message_ts = $3`,
        [approval, channel, messageId, permalink],
      );
    },
  };
}

const toPosted = (row: CardRow): PostedCard => ({
  approval: row.approval_id,
  teamId: row.team_id,
  channel: row.channel,
  messageId: row.message_ts,
});
