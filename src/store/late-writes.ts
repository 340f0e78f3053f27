/**
 * What a transaction writes after its work, in one flush with COMMIT: answers to keep, rows of all outboxes with one NOTIFY each for
 * deliveries and wakes, and audit events. The rows of an outbox that other transactions also touch are locked for no round trip; the
 * head of the audit chain is the last row that is locked.
 */

import type { ApprovalId } from '../domain/approval.js';
import type { AuditEvent } from '../domain/audit-event.js';
import type { Destination, NewDirectMessage, WakeupId } from '../ports/index.js';
import { dueHomes } from './app-homes.js';
import { appendEvents } from './audit-chain.js';
import { APPROVAL_CHANNEL, DELIVERY_CHANNEL } from './notify-channels.js';
import type { Sql } from './sql.js';

export interface LateWrites {
  readonly events: AuditEvent[];
  readonly directMessages: NewDirectMessage[];
  /** Approvals that changed, which an App Home may show. */
  readonly touched: Set<ApprovalId>;
  readonly wakes: Set<WakeupId>;
  readonly due: ReadonlyMap<string, DueDelivery>;
  /** Statements that are sent first of all. */
  readonly statements: readonly ((sql: Sql) => Promise<unknown>)[];
  send(statement: (sql: Sql) => Promise<unknown>): void;
  /** Sends the statements now, and adds the rest of what a member of a group wrote. The next members see what the statements write. */
  add(other: LateWrites, sql: Sql): void;
  /** Makes one delivery due. */
  enqueue(destination: Destination, subject: string): void;
  /** Sends all of it, without waiting. Throws at once when something cannot be sent, so that no COMMIT follows; resolves when it is written. */
  flush(sql: Sql): Promise<unknown>;
}

export function createLateWrites(): LateWrites {
  const events: AuditEvent[] = [];
  const directMessages: NewDirectMessage[] = [];
  const touched = new Set<ApprovalId>();
  const wakes = new Set<WakeupId>();
  const due = new Map<string, DueDelivery>();
  const statements: ((sql: Sql) => Promise<unknown>)[] = [];
  const early: Promise<unknown>[] = [];
  const sendNow = (statement: Promise<unknown>) => {
    // A failure is reported by the flush.
    statement.catch(() => {});
    early.push(statement);
  };
  const enqueue = (destination: Destination, subject: string) =>
    void due.set(`${destination} ${subject}`, { destination, subject });
  return {
    events,
    directMessages,
    touched,
    wakes,
    due,
    statements,
    add(other, sql) {
      for (const statement of other.statements) sendNow(statement(sql));
      events.push(...other.events);
      directMessages.push(...other.directMessages);
      for (const id of other.touched) touched.add(id);
      for (const id of other.wakes) wakes.add(id);
      for (const { destination, subject } of other.due.values()) enqueue(destination, subject);
    },
    send: (statement) => void statements.push(statement),
    enqueue,
    flush(sql) {
      for (const { person } of directMessages) enqueue('slack_direct', person);
      const sent = [...early, ...statements.map((statement) => statement(sql))];
      if (due.size + touched.size + wakes.size > 0)
        sent.push(
          sql(
            ENQUEUE,
            [
              [...due.values()].map(({ destination }) => destination),
              [...due.values()].map(({ subject }) => subject),
              [...touched],
              ...messageParameters(directMessages),
              [...wakes],
            ],
            'hot',
          ),
        );
      if (events.length > 0) sent.push(appendEvents(sql, events));
      return Promise.all(sent);
    },
  };
}

interface DueDelivery {
  readonly destination: Destination;
  readonly subject: string;
}

/**
 * Makes deliveries due; `due` and `place` are the SQL of the rows. The card of a request that a person has just decided is sent first. An
 * announcement of auto-approved requests is due no earlier than a minute after the channel's last one, and an App Home not before it was
 * quiet for a while. Sorted, so that transactions cannot deadlock.
 */
const placed = (due: string) => `
  insert into delivery (destination, subject, urgent, not_before)
  select destination, subject, destination = 'slack_card' and exists (
      select from approval where id = subject and settled_by is not null
        and settled_at > clock_timestamp() - interval '10 seconds'), not_before
  from ${due} as due order by destination, subject
  on conflict (destination, subject) do update
    set wanted = delivery.wanted + 1, attempts = 0, urgent = delivery.urgent or excluded.urgent,
      not_before = case excluded.destination
        when 'slack_auto' then greatest(delivery.not_before, excluded.not_before)
        when 'slack_home' then case when delivery.sent < delivery.wanted then delivery.not_before else excluded.not_before end
        else excluded.not_before end
  returning 1`;

/** Parameters: destinations and their subjects, touched approvals, four lists of direct messages, and what to wake. */
const ENQUEUE = `
  with message as (
    insert into notice (person_id, kind, principal_id, approval_id)
    select * from unnest($4::text[], $5::text[], $6::text[], $7::text[])),
  placed as (${placed(`(
    select destination, subject, clock_timestamp() as not_before from unnest($1::text[], $2::text[]) as d(destination, subject)
    union all ${dueHomes('$3')})`)})
  select (select pg_notify('${DELIVERY_CHANNEL}', '') from placed limit 1) as due,
    (select count(pg_notify('${APPROVAL_CHANNEL}', id)) from unnest($8::text[]) as id) as woken`;

const messageParameters = (messages: readonly NewDirectMessage[]) => [
  messages.map(({ person }) => person),
  messages.map(({ kind }) => kind),
  messages.map(({ principal }) => principal),
  messages.map(({ approval }) => approval ?? null),
];

/** Makes deliveries due outside a transaction, one for each subject. */
export async function enqueueDeliveries(
  sql: Sql,
  destination: Destination,
  subjects: readonly string[],
): Promise<void> {
  await sql(
    `with placed as (${placed('(select $1::text as destination, subject, clock_timestamp() as not_before from unnest($2::text[]) as subject)')})
     select pg_notify('${DELIVERY_CHANNEL}', '') from placed limit 1`,
    [destination, subjects],
  );
}
