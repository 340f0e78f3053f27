/** Auto-approved requests that Slack does not show yet. */

import type { DataSource } from 'typeorm';
import type { Approved } from '../domain/approval.js';
import type { AutoApprovals } from '../ports/index.js';
import { approvalReads } from './approvals.js';
import { only, sqlOn } from './sql.js';

/** Requests older than a day are not shown any more. `$1`: the channel; null for policies that name none. */
const NOT_SHOWN = `from approval a join policy p on p.id = a.policy_id
  where a.status = 'approved' and a.settled_by is null and a.shown_at is null and a.auto_report is not null
    and a.created_at > now() - interval '1 day' and p.channel is not distinct from $1`;

interface UnsentRow {
  readonly count: number;
  readonly ids: readonly Approved['id'][] | null;
}

export function createAutoApprovals(dataSource: DataSource): AutoApprovals {
  const sql = sqlOn(dataSource);
  const { find } = approvalReads(sql);
  return {
    async unsent(channel, limit) {
      const row = only(
        await sql<UnsentRow>(
          `select (select count(*)::int ${NOT_SHOWN}) as count,
             (select array_agg(id order by created_at, id) from (
                select a.id, a.created_at ${NOT_SHOWN} order by a.created_at desc, a.id desc limit $2) newest) as ids`,
          [channel ?? null, limit],
        ),
      );
      const found = await Promise.all((row.ids ?? []).map(find));
      return {
        count: row.count,
        approvals: found.filter((one): one is Approved => one?.status === 'approved'),
      };
    },

    async markSent(channel, lines) {
      // One statement, so that no request is marked as shown without the message that shows it.
      await sql(
        `with line as (select * from unnest($2::text[], $3::text[], $4::text[], $5::text[])
           as line (approval_id, team_id, channel, message_ts)),
         placed as (insert into card (approval_id, team_id, channel, message_ts, kind)
           select approval_id, team_id, channel, message_ts, 'line' from line on conflict do nothing),
         spared as (update delivery set not_before = clock_timestamp() + interval '1 minute'
           where destination = 'slack_auto' and subject = coalesce($1, 'default'))
         update approval set shown_at = clock_timestamp()
         where id in (select a.id ${NOT_SHOWN}
           and a.created_at <= (select max(created_at) from approval where id = any ($2)))`,
        [
          channel ?? null,
          lines.map(({ approval }) => approval),
          lines.map(({ teamId }) => teamId),
          lines.map(({ channel: place }) => place),
          lines.map(({ messageId }) => messageId),
        ],
      );
    },
  };
}
