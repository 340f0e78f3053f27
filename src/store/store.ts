/** The Store port over Postgres: reads on the pool, writes only inside a transaction. */

import type { DataSource, EntityManager } from 'typeorm';
import type { ApprovalId, Origin } from '../domain/approval.js';
import type { AuditEvent } from '../domain/audit-event.js';
import type {
  ChainHash,
  Destination,
  Installation,
  MakeId,
  NewDirectMessage,
  Reads,
  Store,
  Tx,
} from '../ports/index.js';
import { alertRules } from './alert-rules.js';
import { alertReads, alerts } from './alerts.js';
import { appHomeReads, appHomes, enqueueHomeUpdates } from './app-homes.js';
import { approvalReads, approvals } from './approvals.js';
import { auditReads } from './audit.js';
import { appendEvents } from './audit-chain.js';
import { auditPartitions } from './audit-partitions.js';
import { directMessageOutbox, insertDirectMessages } from './direct-message-outbox.js';
import { elicitationReads, elicitations } from './elicitations.js';
import { grantReads, grants } from './grants.js';
import { idempotency } from './idempotency.js';
import { linkCodes } from './link-codes.js';
import { loginReads, logins } from './logins.js';
import { metricsReads } from './metrics.js';
import { APPROVAL_CHANNEL, DELIVERY_CHANNEL } from './notify-channels.js';
import { people, personReads } from './people.js';
import { policies, policyReads } from './policies.js';
import { principalReads, principals } from './principals.js';
import { receiverReads, receivers } from './receivers.js';
import { secretReads, secrets } from './secrets.js';
import { slackGroups } from './slack-groups.js';
import { first, only, type Sql, sqlIn, sqlOn, writeOne } from './sql.js';
import { subscriptionReads, subscriptions } from './subscriptions.js';
import { retryOnce } from './trouble.js';

export interface StoreParts {
  readonly chain: ChainHash;
  readonly makeId: MakeId;
  /** The request that is being handled; new approvals record it. */
  readonly origin?: (() => Origin | undefined) | undefined;
  /** Called after each commit. */
  readonly onCommit?: (() => void) | undefined;
}

export function createStore(dataSource: DataSource, parts: StoreParts): Store {
  return {
    ...reads(dataSource.manager, sqlOn(dataSource)),

    async transaction(work) {
      let begun = false;
      const attempt = async (manager: EntityManager) => {
        begun = true;
        const sql = sqlIn(manager);
        const events: AuditEvent[] = [];
        const directMessages: NewDirectMessage[] = [];
        const touched = new Set<ApprovalId>();
        const result = await work(writes(manager, sql, { events, directMessages, touched }, parts));
        await enqueueDirectMessages(sql, directMessages);
        await enqueueHomeUpdates(sql, touched);
        await appendEvents(sql, parts.chain, events);
        return result;
      };
      const transaction = () => dataSource.transaction('READ COMMITTED', attempt);
      const result = await retryOnce(transaction, () => !begun);
      parts.onCommit?.();
      return result;
    },
  };
}

function reads(manager: EntityManager, sql: Sql): Reads {
  return {
    now: async () => only(await sql<{ now: Date }>('select clock_timestamp() as now')).now,
    approvals: approvalReads(sql),
    grants: grantReads(sql),
    policies: policyReads(sql),
    principals: principalReads(sql),
    people: personReads(manager),
    secrets: secretReads(sql),
    groups: slackGroups(sql),
    directMessageOutbox: directMessageOutbox(sql),
    logins: loginReads(sql),
    elicitations: elicitationReads(sql),
    subscriptions: subscriptionReads(sql),
    receivers: receiverReads(sql),
    audit: auditReads(sql),
    metrics: metricsReads(sql),
    alerts: alertReads(sql, alertRules(manager)),
    appHomes: appHomeReads(sql),
    installation: { find: () => findInstallation(sql) },
  };
}

const noOrigin = () => undefined;

/** What a transaction writes after its work, just before COMMIT. */
interface Late {
  readonly events: AuditEvent[];
  readonly directMessages: NewDirectMessage[];
  /** Approvals that changed, which an App Home may show. */
  readonly touched: Set<ApprovalId>;
}

function writes(manager: EntityManager, sql: Sql, late: Late, parts: StoreParts): Tx {
  const enqueue = (destination: Destination, subject: string) =>
    enqueueDeliveries(sql, destination, [subject]);
  return {
    ...reads(manager, sql),
    approvals: approvals(sql, parts.origin ?? noOrigin),
    grants: grants(sql),
    policies: policies(sql),
    principals: principals(sql),
    people: people(manager, parts.makeId),
    secrets: secrets(sql),
    installation: {
      find: () => findInstallation(sql),
      insert: (installation) => insertInstallation(sql, parts.chain, installation),
    },

    alerts: alerts(sql, alertRules(manager)),
    appHomes: appHomes(sql),

    logins: logins(sql),
    elicitations: elicitations(sql),
    subscriptions: subscriptions(sql),
    receivers: receivers(sql),
    idempotency: idempotency(sql),
    auditPartitions: auditPartitions(sql),

    linkCodes: linkCodes(sql),
    directMessageOutbox: directMessageOutbox(sql),

    record: (event) => void late.events.push(event),

    async enqueueCardUpdate(id) {
      late.touched.add(id);
      await enqueue('slack_card', id);
    },
    enqueueDirectMessage: async (message) => void late.directMessages.push(message),
    enqueueThreadReply: (kind, id) => enqueue('slack_thread', `${kind}:${id}`),
    enqueueAutoApprovalLine: (channel) => enqueueAutoApprovalLine(sql, channel),
    enqueuePolicyAnnouncement: (id, version) => enqueue('slack_policy_change', `${id}:${version}`),

    async wake(id) {
      await sql('select pg_notify($1, $2)', [APPROVAL_CHANNEL, id]);
    },
  };
}

/** Makes one delivery due for each subject. The card of a request that a person has just decided is sent first. */
export async function enqueueDeliveries(
  sql: Sql,
  destination: Destination,
  subjects: readonly string[],
): Promise<void> {
  await sql(
    `insert into delivery (destination, subject, urgent)
     select $1, subject, $1 = 'slack_card' and exists (
       select from approval where id = subject and settled_by is not null
         and settled_at > clock_timestamp() - interval '10 seconds')
     from unnest($2::text[]) as subject
     on conflict (destination, subject) do update
       set wanted = delivery.wanted + 1, attempts = 0, not_before = clock_timestamp(),
         urgent = delivery.urgent or excluded.urgent`,
    [destination, subjects],
  );
  await sql('select pg_notify($1, $2)', [DELIVERY_CHANNEL, '']);
}

/** Sorted by person, so that two transactions for the same people cannot deadlock. */
async function enqueueDirectMessages(sql: Sql, queued: readonly NewDirectMessage[]): Promise<void> {
  if (queued.length === 0) return;
  await insertDirectMessages(sql, queued);
  const people = [...new Set(queued.map(({ person }) => person))].sort();
  await enqueueDeliveries(sql, 'slack_direct', people);
}

/** Due no earlier than a minute after the channel's last message of this kind. */
async function enqueueAutoApprovalLine(sql: Sql, channel = 'default'): Promise<void> {
  await sql(
    `insert into delivery (destination, subject) values ('slack_auto', $1)
     on conflict (destination, subject) do update set wanted = delivery.wanted + 1, attempts = 0,
       not_before = greatest(delivery.not_before, clock_timestamp())`,
    [channel],
  );
  await sql('select pg_notify($1, $2)', [DELIVERY_CHANNEL, '']);
}

async function findInstallation(sql: Sql): Promise<Installation | undefined> {
  const row = first(
    await sql<{ id: string; key_check: Buffer }>('select id, key_check from installation'),
  );
  return row && { id: row.id, keyCheck: row.key_check };
}

/** Starts the audit chain: its first hash is computed from the installation's id. */
async function insertInstallation(sql: Sql, chain: ChainHash, { id, keyCheck }: Installation) {
  await writeOne(sql, 'insert into installation (id, key_check) values ($1, $2)', [id, keyCheck]);
  const head = 'insert into audit_head (sequence, hash) values (0, $1)';
  await writeOne(sql, head, [chain.genesis(id)]);
}
