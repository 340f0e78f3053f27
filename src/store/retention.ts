/** Deletes deliveries that were sent long ago. Those that are still due stay, however old; the audit trail is not touched. */

import type { DataSource } from 'typeorm';
import { sqlOn } from './sql.js';

/** A card counts its revisions here while its request can still change: at most a week after it was settled. */
const FORGET_DELIVERIES = `
  delete from delivery d
  where d.sent = d.wanted and greatest(d.created_at, d.not_before) < clock_timestamp() - $1::float8 * interval '1 ms'
    and (d.destination in ('slack_policy_change', 'slack_thread', 'slack_digest')
      or d.destination = 'slack_card' and exists (
        select from approval a where a.id = d.subject
          and a.settled_at < clock_timestamp() - interval '8 days' - $1::float8 * interval '1 ms'))`;

const FORGET_NOTICES = `delete from notice where told_at < clock_timestamp() - $1::float8 * interval '1 ms'`;

const FORGET_NOTIFICATIONS = `delete from notification where state <> 'waiting' and settled_at < clock_timestamp() - $1::float8 * interval '1 ms'`;

/** `keepMs`: how long a sent delivery is kept. */
export function createForgetDelivered(dataSource: DataSource, keepMs: number) {
  const sql = sqlOn(dataSource);
  return async (): Promise<void> => {
    await sql(FORGET_DELIVERIES, [keepMs]);
    await sql(FORGET_NOTICES, [keepMs]);
    await sql(FORGET_NOTIFICATIONS, [keepMs]);
  };
}
