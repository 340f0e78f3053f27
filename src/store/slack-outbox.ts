/** The Slack outbox: a due delivery is leased for a while, by the database's clock, to one process at a time. */

import type { DataSource } from 'typeorm';
import type { FailingDeliveries, Leased, SlackOutbox } from '../ports/index.js';
import { sqlOn } from './sql.js';

interface LeasedRow {
  readonly subject: string;
  readonly wanted: number;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly urgent: boolean;
}

export function createSlackOutbox(dataSource: DataSource): SlackOutbox {
  const sql = sqlOn(dataSource);

  const retryAll: SlackOutbox['retryAll'] = async (destination, leased, delayMs, error) => {
    // A change that arrived during the delivery is due at once, whatever the error of the older one.
    await sql(
      `update delivery set leased_until = null, last_error = left($5, 500),
         failing_since = coalesce(failing_since, clock_timestamp()),
         not_before = case when delivery.wanted > done.wanted then not_before
           else clock_timestamp() + $4::float8 * interval '1 ms' end
       from unnest($2::text[], $3::integer[]) as done (subject, wanted)
       where destination = $1 and delivery.subject = done.subject`,
      [destination, ...columnsOf(leased), delayMs, error],
    );
  };

  return {
    async lease(destination, limit, leaseMs, urgentOnly = false) {
      const rows = await sql<LeasedRow>(
        `update delivery set leased_until = clock_timestamp() + $3::float8 * interval '1 ms', attempts = attempts + 1
         where (destination, subject) in (
           select destination, subject from delivery
           where destination = $1 and sent < wanted and not_before <= clock_timestamp()
             and (leased_until is null or leased_until <= clock_timestamp()) and (urgent or not $4)
           order by not_before limit $2 for update skip locked)
         returning subject, wanted, attempts, last_error, urgent`,
        [destination, limit, leaseMs, urgentOnly],
      );
      return rows.map(toLeased);
    },

    async sent(destination, ...done) {
      await sql(
        `update delivery set sent = greatest(sent, done.wanted), leased_until = null, attempts = 0, last_error = null,
           failing_since = null, urgent = urgent and delivery.wanted > done.wanted
         from unnest($2::text[], $3::integer[]) as done (subject, wanted)
         where destination = $1 and delivery.subject = done.subject`,
        [destination, ...columnsOf(done)],
      );
    },

    retry: (destination, leased, delayMs, error) => retryAll(destination, [leased], delayMs, error),
    retryAll,

    failing: () =>
      sql<FailingDeliveries>(
        `select last_error as error, count(*)::integer as waiting, min(failing_since) as since from delivery
         where sent < wanted and last_error is not null group by last_error order by since`,
      ),
  };
}

const toLeased = (row: LeasedRow): Leased => ({
  subject: row.subject,
  wanted: row.wanted,
  attempts: row.attempts,
  lastError: row.last_error ?? undefined,
  urgent: row.urgent,
});

const columnsOf = (leased: readonly Leased[]) =>
  [leased.map(({ subject }) => subject), leased.map(({ wanted }) => wanted)] as const;
