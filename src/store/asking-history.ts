/** How much one principal has asked for lately, counted while its row is held so that no two requests count at once. */

import type { NewApproval } from '../domain/approval.js';
import type { AskingHistory } from '../domain/ports.js';
import type { PrincipalId } from '../domain/principal.js';
import { only, type Sql } from './sql.js';

interface HistoryRow {
  readonly pending: number;
  readonly last_hour: number;
  readonly free_after_ms: number | null;
  readonly since_denied_ms: number | null;
  readonly repeats: boolean;
}

export async function askingHistory(
  sql: Sql,
  principal: PrincipalId,
  { operation, resources, duration }: Pick<NewApproval, 'operation' | 'resources' | 'duration'>,
): Promise<AskingHistory> {
  await sql('select id from principal where id = $1 for update', [principal]);
  const row = only(
    await sql<HistoryRow>(
      `with moment as (select clock_timestamp() as now), recent as (
         select a.created_at from approval a, moment
         where a.principal_id = $1 and a.created_at > now - interval '1 hour'
           and not (a.status = 'approved' and a.settled_by is null))
       select
         (select count(*)::int from approval, moment
          where principal_id = $1 and status = 'pending' and expires_at > now) as pending,
         (select count(*)::int from recent) as last_hour,
         (select extract(epoch from min(created_at) + interval '1 hour' - min(now))::float8 * 1000
          from recent, moment) as free_after_ms,
         (select extract(epoch from min(now) - max(settled_at))::float8 * 1000 from approval, moment
          where principal_id = $1 and status = 'denied' and operation = $2 and resources <@ $3) as since_denied_ms,
         exists (select 1 from approval, moment
          where principal_id = $1 and status = 'pending' and expires_at > now
            and operation = $2 and resources = $3 and duration_ms = $4) as repeats`,
      [principal, operation, resources, duration],
    ),
  );
  return {
    pending: row.pending,
    lastHour: row.last_hour,
    freeAfter: row.free_after_ms ?? 0,
    repeats: row.repeats,
    sinceDenied: row.since_denied_ms ?? undefined,
  };
}
