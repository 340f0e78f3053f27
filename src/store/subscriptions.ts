/** The requests whose changes each client session wants to receive. */

import type { ApprovalId } from '../domain/approval.js';
import { FOLLOWED_MAX, SUBSCRIPTIONS_PER_KEY } from '../domain/limits.js';
import type { SubscriptionReads, Subscriptions } from '../ports/index.js';
import type { Sql } from './sql.js';

interface Row {
  readonly approval_id: ApprovalId;
  readonly standing: string;
}

export function subscriptionReads(sql: Sql): SubscriptionReads {
  return {
    async of(session, principal) {
      const rows = await sql<Row>(
        'select approval_id, standing from subscription where session = $1 and principal_id = $2',
        [session, principal],
      );
      return rows.map(({ approval_id, standing }) => ({ approval: approval_id, state: standing }));
    },
  };
}

export function subscriptions(sql: Sql): Subscriptions {
  return {
    ...subscriptionReads(sql),

    async insert(session, principal, { approval, state }) {
      await sql(
        `delete from subscription where subscribed_at < clock_timestamp() - interval '7 days'
           or (session, principal_id, approval_id) in (
             select session, principal_id, approval_id from subscription where principal_id = $1
             order by subscribed_at desc, session, approval_id offset $2)`,
        [principal, SUBSCRIPTIONS_PER_KEY - 1],
      );
      const rows = await sql(
        `insert into subscription (session, principal_id, approval_id, standing)
         select $1, $2, $3, $4
         where (select count(*) from subscription where principal_id = $2 and session = $1) < $5
         on conflict (session, principal_id, approval_id) do update set standing = excluded.standing
         returning session`,
        [session, principal, approval, state, FOLLOWED_MAX],
      );
      return rows.length === 1;
    },

    async remove(session, principal, approval) {
      await sql(
        'delete from subscription where session = $1 and principal_id = $2 and approval_id = $3',
        [session, principal, approval],
      );
    },
  };
}
