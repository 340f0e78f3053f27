/** Notifications that wait to be sent: each is leased to one process at a time, those of one approval one after another. */

import type { DataSource } from 'typeorm';
import type { AuditEvent } from '../domain/audit-event.js';
import type { Notification } from '../domain/notification.js';
import { NOTIFICATION_ATTEMPTS } from '../domain/retry-policy.js';
import type { LeasedNotification, NotificationOutbox } from '../ports/index.js';
import { sqlOn } from './sql.js';

/**
 * No notification is leased while an older one of the same approval waits, leased or not; other approvals do not wait for it. A subquery
 * finds the oldest for each row until there are enough: a join would read all rows. A lease is not an attempt yet: a process that is killed
 * with a hundred leases has sent nothing, and must not use up an attempt of any.
 */
const LEASE = `
  with due as (
    select n.id from notification n
    where n.receiver = $1 and n.state = 'waiting' and n.not_before <= clock_timestamp()
      and (n.leased_until is null or n.leased_until <= clock_timestamp())
      and exists (select from receiver r where r.kind = $1 and r.enabled)
      and (n.thread is null or n.sequence = (select min(oldest.sequence) from notification oldest
        where oldest.receiver = n.receiver and oldest.thread = n.thread and oldest.state = 'waiting'))
    order by n.not_before, n.sequence limit $2 for update of n skip locked),
  leased as (
    update notification n set leased_until = clock_timestamp() + $3::float8 * interval '1 ms'
    from due where n.id = due.id
    returning n.id, n.receiver, n.event_id, n.type, n.thread, n.sequence, n.attempts + 1 as attempts, n.last_error)
  select l.*, r.version, r.include_reason, e.body, p.name as key,
    (select permalink from card where approval_id = l.thread and permalink is not null order by posted_at limit 1) as link
  from leased l join receiver r on r.kind = l.receiver join audit_event e on e.sequence = l.sequence
    left join principal p on p.id = e.body ->> 'principal'
  order by l.sequence`;

interface LeasedRow {
  readonly id: string;
  readonly receiver: LeasedNotification['receiver'];
  readonly event_id: string;
  readonly type: Notification['type'];
  readonly thread: string | null;
  readonly sequence: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly version: number;
  readonly include_reason: boolean;
  readonly body: AuditEvent & { readonly at: string };
  readonly key: string | null;
  readonly link: string | null;
}

export function createNotificationOutbox(dataSource: DataSource): NotificationOutbox {
  const sql = sqlOn(dataSource);
  return {
    async lease(receiver, limit, leaseMs) {
      const rows = await sql<LeasedRow>(LEASE, [receiver, limit, leaseMs]);
      return rows.map(toLeased);
    },

    async sent(receiver, ...done) {
      await sql(
        `with done as (
           update notification set state = 'sent', settled_at = clock_timestamp(), leased_until = null, last_error = null, attempts = attempts + 1
           where id = any($2) and state = 'waiting')
         update receiver set failing_since = null where kind = $1 and failing_since is not null`,
        [receiver, done.map(({ subject }) => subject)],
      );
    },

    async release(receiver, leased) {
      await sql(
        `update notification set leased_until = null where receiver = $1 and id = any($2) and state = 'waiting'`,
        [receiver, leased.map(({ subject }) => subject)],
      );
    },

    async retry(receiver, { subject }, delayMs, error) {
      await sql(
        `with done as (
           update notification set last_error = left($3, 200), leased_until = null, attempts = attempts + 1,
             state = case when attempts + 1 >= $5 then 'dead' else 'waiting' end,
             settled_at = case when attempts + 1 >= $5 then clock_timestamp() end,
             not_before = clock_timestamp() + $4::float8 * interval '1 ms'
           where id = $2 and state = 'waiting')
         update receiver set failing_since = clock_timestamp() where kind = $1 and failing_since is null`,
        [receiver, subject, error, delayMs, NOTIFICATION_ATTEMPTS],
      );
    },
  };
}

const toLeased = (row: LeasedRow): LeasedNotification => ({
  subject: row.id,
  wanted: 1,
  attempts: row.attempts,
  lastError: row.last_error ?? undefined,
  receiver: row.receiver,
  version: row.version,
  notification: toNotification(row),
});

/** Fields are picked one by one, so that a field added to events later is not sent by accident. */
function toNotification({ body, ...row }: LeasedRow): Notification {
  return {
    id: row.event_id,
    type: row.type,
    timestamp: body.at,
    sequence: Number(row.sequence),
    event: body.type,
    actor: { kind: body.actor.kind, name: body.actor.name },
    approval: row.thread ?? undefined,
    grant: body.grant,
    key: row.key ?? undefined,
    resources: body.resources,
    operation: body.operation,
    outcome: outcomeOf(body),
    reason: row.include_reason ? body.reason : undefined,
    details: detailsOf(body),
    link: row.link ?? undefined,
  };
}

function outcomeOf({ type, details }: AuditEvent): string | undefined {
  switch (type) {
    case 'approval_decided':
      return typeof details?.['outcome'] === 'string' ? details['outcome'] : undefined;
    case 'approval_cancelled':
      return 'cancelled';
    case 'approval_expired':
      return 'expired';
    case 'access_revoked':
      return 'revoked';
    case 'secret_deleted':
      return 'deleted';
    case 'alert_fired':
      return 'firing';
    case 'alert_resolved':
      return 'resolved';
    case 'alert_silenced':
      return 'silenced';
    case 'receiver_disabled':
      return 'disabled';
    default:
      return undefined;
  }
}

/** Details that are sent: only ids, numbers and settings. */
const DETAILS: Partial<Record<AuditEvent['type'], readonly string[]>> = {
  policy_changed: ['policy'],
  secret_read: ['version'],
  secret_written: ['version'],
  secret_deleted: ['version'],
  access_granted: ['duration'],
  alert_fired: ['alert', 'rule', 'metric', 'threshold', 'value', 'period', 'key'],
  alert_resolved: ['alert', 'rule', 'metric', 'threshold', 'value', 'period', 'key'],
  alert_silenced: ['alert', 'rule', 'until'],
  receiver_disabled: ['receiver', 'because'],
};

function detailsOf({ type, details = {} }: AuditEvent): Notification['details'] {
  const picked = (DETAILS[type] ?? []).flatMap((name) =>
    details[name] === undefined ? [] : [[name, details[name]] as const],
  );
  return picked.length > 0 ? Object.fromEntries(picked) : undefined;
}
