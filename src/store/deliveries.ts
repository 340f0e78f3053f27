/** The outbox: what is due is leased for a while, by the database's clock, to one process at a time. */

import type { DataSource } from 'typeorm';
import type { Cards, Deliveries, Leased, PostedCard } from '../domain/ports.js';
import { first, sqlOn } from './sql.js';

export function createDeliveries(dataSource: DataSource): Deliveries {
  const sql = sqlOn(dataSource);
  return {
    lease: (destination, limit, leaseMs) =>
      sql<Leased>(
        `update delivery set leased_until = clock_timestamp() + $3::float8 * interval '1 ms', attempts = attempts + 1
         where (destination, subject) in (
           select destination, subject from delivery
           where destination = $1 and sent < wanted and not_before <= clock_timestamp()
             and (leased_until is null or leased_until <= clock_timestamp())
           order by not_before limit $2 for update skip locked)
         returning subject, wanted, attempts`,
        [destination, limit, leaseMs],
      ),

    async sent(destination, { subject, wanted }) {
      await sql(
        `update delivery set sent = greatest(sent, $3), leased_until = null, attempts = 0, last_error = null
         where destination = $1 and subject = $2`,
        [destination, subject, wanted],
      );
    },

    async retry(destination, { subject, wanted }, delayMs, error) {
      // A change that came meanwhile is due at once, whatever went wrong with the older one.
      await sql(
        `update delivery set leased_until = null, last_error = left($5, 500),
           not_before = case when wanted > $3 then not_before else clock_timestamp() + $4::float8 * interval '1 ms' end
         where destination = $1 and subject = $2`,
        [destination, subject, wanted, delayMs, error],
      );
    },
  };
}

interface CardRow {
  readonly approval_id: PostedCard['approval'];
  readonly team_id: string;
  readonly channel: string;
  readonly message_ts: string;
}

export function createCards(dataSource: DataSource): Cards {
  const sql = sqlOn(dataSource);
  return {
    async find(id) {
      const row = first(await sql<CardRow>('select * from card where approval_id = $1', [id]));
      return (
        row && {
          approval: row.approval_id,
          teamId: row.team_id,
          channel: row.channel,
          messageTs: row.message_ts,
        }
      );
    },

    async shownBy(channel, messageTs) {
      const row = first(
        await sql<Pick<CardRow, 'approval_id'>>(
          'select approval_id from card where channel = $1 and message_ts = $2',
          [channel, messageTs],
        ),
      );
      return row?.approval_id;
    },

    async save({ approval, teamId, channel, messageTs }) {
      await sql(
        `insert into card (approval_id, team_id, channel, message_ts) values ($1, $2, $3, $4)
         on conflict (approval_id) do update set team_id = $2, channel = $3, message_ts = $4`,
        [approval, teamId, channel, messageTs],
      );
    },
  };
}
