/** Digests: messages that several requests share. Requests get one when too many wait for a card of their own. */

import type { DataSource } from 'typeorm';
import type { ApprovalId } from '../domain/approval.js';
import type {
  DigestCardItem,
  DigestCardMessage,
  DigestCards,
  WaitingCard,
} from '../ports/index.js';
import { approvalStatus } from './approval-row.js';
import { enqueueDeliveries } from './late-writes.js';
import { first, sqlOn } from './sql.js';

/** The most requests that are added to digests at once. */
const WAITING_MAX = 2000;

interface WaitingRow {
  readonly subject: ApprovalId;
  readonly wanted: number;
  readonly attempts: number;
  readonly policy: WaitingCard['policy'];
}

interface PlaceRow {
  readonly team_id: string;
  readonly channel: string;
  readonly message_ts: string;
}

const ITEM = `select a.id as approval, p.name as requester, a.policy_id as policy, a.operation, a.resources, a.digest,
    a.duration_ms as duration, ${approvalStatus('a')} as status, a.expires_at as "expiresAt"
  from approval a join principal p on p.id = a.principal_id`;

export function createDigests(dataSource: DataSource): DigestCards {
  const sql = sqlOn(dataSource);

  const touch = (channel: string, messageId: string) =>
    enqueueDeliveries(sql, 'slack_digest', [`${channel}:${messageId}`]);

  return {
    async waiting(channel, isDefault) {
      // The channel of the policy at the time of the request is good enough here: who may decide is checked elsewhere.
      const rows = await sql<WaitingRow>(
        `select d.subject, d.wanted, d.attempts, a.policy_id as policy
         from delivery d join approval a on a.id = d.subject join policy p on p.id = a.policy_id
         where d.destination = 'slack_card' and d.sent < d.wanted
           and a.status = 'pending' and a.expires_at > clock_timestamp()
           and (p.channel = $1 or (p.channel is null and $2))
           and not exists (select from card c where c.approval_id = a.id and c.channel = $1)
         order by a.created_at, a.id limit ${WAITING_MAX}`,
        [channel, isDefault],
      );
      return rows.map((row) => ({ ...row, approval: row.subject }));
    },

    async newest(teamId, channel, ageMs) {
      const row = first(
        await sql<PlaceRow>(
          `select team_id, channel, message_ts from card
           where kind = 'digest' and team_id = $1 and channel = $2
             and posted_at > clock_timestamp() - $3::float8 * interval '1 ms'
           order by posted_at desc limit 1`,
          [teamId, channel, ageMs],
        ),
      );
      return row && toPlace(row);
    },

    async add({ teamId, channel, messageId }, ids) {
      // The row gets the message's age, so that added requests do not keep a digest open for ever.
      await sql(
        `insert into card (approval_id, team_id, channel, message_ts, kind, posted_at)
         select id, $2, $3, $4, 'digest', coalesce(
           (select min(posted_at) from card where kind = 'digest' and channel = $3 and message_ts = $4),
           clock_timestamp())
         from unnest($1::text[]) as id on conflict do nothing`,
        [ids, teamId, channel, messageId],
      );
      await touch(channel, messageId);
    },

    async unshown(channel, ids) {
      const rows = await sql<{ id: ApprovalId }>(
        `select id from unnest($2::text[]) as id
         where not exists (select from card where approval_id = id and channel = $1)`,
        [channel, ids],
      );
      return rows.map(({ id }) => id);
    },

    async move(from, to) {
      await sql(
        `update card set message_ts = $3, posted_at = clock_timestamp()
         where kind = 'digest' and channel = $1 and message_ts = $2`,
        [from.channel, from.messageId, to.messageId],
      );
      await touch(to.channel, to.messageId);
    },

    markOutdated: ({ channel, messageId }) => touch(channel, messageId),

    async find(channel, messageId) {
      const row = first(
        await sql<PlaceRow>(
          `select team_id, channel, message_ts from card
           where kind = 'digest' and channel = $1 and message_ts = $2 limit 1`,
          [channel, messageId],
        ),
      );
      return row && toPlace(row);
    },

    shown: (channel, messageId) =>
      sql<DigestCardItem>(
        `${ITEM} join card c on c.approval_id = a.id
         where c.kind = 'digest' and c.channel = $1 and c.message_ts = $2 order by a.created_at, a.id`,
        [channel, messageId],
      ),

    items: (ids) =>
      sql<DigestCardItem>(`${ITEM} where a.id = any ($1) order by a.created_at, a.id`, [ids]),
  };
}

const toPlace = (row: PlaceRow): DigestCardMessage => ({
  teamId: row.team_id,
  channel: row.channel,
  messageId: row.message_ts,
});
