/** Writes a notification for every receiver that wants an audit event. It is a part of the statement that appends the event. */

import type { AuditEvent } from '../domain/audit-event.js';
import { NOTIFIED_AS } from '../domain/notification.js';

/**
 * One row for each event and enabled receiver that wants its type; `to` limits an alert to some receivers. Without receivers it only reads
 * an empty table. An event of a grant belongs to the grant's approval. The ids follow from the event's hash, so that one event never
 * becomes two notifications for a receiver. `events` is a table of the appended events with sequence, hash and place (1, 2, …); the parameters
 * from `first` on say more about the event in each place.
 */
export function fanOut(at: { events: string; first: number }): string {
  const [types, threads, grants, to] = [0, 1, 2, 3].map((place) => `$${at.first + place}`);
  return `notified as (
    insert into notification (id, receiver, sequence, event_id, type, thread)
    select 'dlvr_' || substr(encode(sha256(e.hash || convert_to(r.kind, 'UTF8')), 'hex'), 1, 32), r.kind, e.sequence,
      'evt_' || substr(encode(e.hash, 'hex'), 1, 32), e.type,
      coalesce(e.thread, (select approval_id from access_grant where id = e.access))
    from (select appended.sequence, appended.hash, named.* from ${at.events} appended
      join unnest(${types}::text[], ${threads}::text[], ${grants}::text[], ${to}::text[]) with ordinality
        as named(type, thread, access, receivers, place) on named.place = appended.place) e
    join receiver r on r.enabled and case when r.events is null then e.type <> 'secret_read'
      else r.events && array['*', e.type] end and (e.receivers is null or r.kind = any(string_to_array(e.receivers, ' ')))
    where e.type is not null
    returning 1)`;
}

/** The parameters from `first` on: types, approvals, grants, and names of receivers. */
export function fanOutParameters(events: readonly AuditEvent[]): readonly (string | null)[][] {
  return [
    events.map(({ type }) => NOTIFIED_AS[type] ?? null),
    events.map(({ approval }) => approval ?? null),
    events.map(({ grant }) => grant ?? null),
    events.map(narrowed),
  ];
}

/** Only an alert names its receivers. */
function narrowed({ type, details }: AuditEvent): string | null {
  const to = NOTIFIED_AS[type] === 'alert' ? details?.['to'] : undefined;
  return Array.isArray(to) ? to.join(' ') : null;
}
