/** The Store port over Postgres: reads on the pool, writes only inside a transaction. */

import type { DataSource, EntityManager } from 'typeorm';
import type { Origin } from '../domain/approval.js';
import type { ChainHash, Installation, MakeId, Reads, Store, Tx } from '../ports/index.js';
import { alertRules } from './alert-rules.js';
import { alertReads, alerts } from './alerts.js';
import { appHomeReads, appHomes } from './app-homes.js';
import { newRow } from './approval-writes.js';
import { approvalReads, approvals } from './approvals.js';
import { auditReads } from './audit.js';
import { auditPartitions } from './audit-partitions.js';
import { directMessageOutbox } from './direct-message-outbox.js';
import { elicitationReads, elicitations } from './elicitations.js';
import { grantReads, grants } from './grants.js';
import { groupStatements, groupTx, NeedsOwnTransaction } from './group-tx.js';
import { idempotency } from './idempotency.js';
import { createLateWrites, type LateWrites } from './late-writes.js';
import { linkCodes } from './link-codes.js';
import { loginReads, logins } from './logins.js';
import { metricsReads } from './metrics.js';
import { people, personReads } from './people.js';
import { policies, policyReads } from './policies.js';
import { writeTransaction } from './prepared-transaction.js';
import { principalReads, principals } from './principals.js';
import { receiverReads, receivers } from './receivers.js';
import { secretReads, secrets } from './secrets.js';
import { slackGroups } from './slack-groups.js';
import { first, only, type Sql, sqlOn, writeOne } from './sql.js';
import { subscriptionReads, subscriptions } from './subscriptions.js';
import { createTogether, type Member, roundsOf, type TogetherParts } from './together.js';

export interface StoreParts {
  readonly chain: ChainHash;
  readonly makeId: MakeId;
  /** The request that is being handled; new approvals record it. */
  readonly origin?: (() => Origin | undefined) | undefined;
  /** Called after each commit. */
  readonly onCommit?: (() => void) | undefined;
}

export function createStore(dataSource: DataSource, parts: StoreParts): Store {
  const alone: Store['transaction'] = async (work) => {
    const result = await writeTransaction(dataSource, async (sql, manager) => {
      const late = createLateWrites();
      const answer = await work(writes(manager, sql, late, parts));
      return { answer, last: late.flush(sql) };
    });
    parts.onCommit?.();
    return result;
  };
  const together = createTogether({ alone, commit: createGroupCommit(dataSource, parts) });
  return {
    ...reads(dataSource.manager, sqlOn(dataSource)),
    transaction: (work, kind) => (kind ? together(work, kind) : alone(work)),
  };
}

/** Members of one group run side by side, but for those with the same subject: they run one after the other. */
function createGroupCommit(dataSource: DataSource, parts: StoreParts): TogetherParts['commit'] {
  const { origin = noOrigin } = parts;
  return async <M extends Member>(members: readonly M[]) => {
    const { left, answers } = await writeTransaction(dataSource, async (sql, manager) => {
      const all = createLateWrites();
      const readers = reads(manager, sql);
      const left: M[] = [];
      const answers: (() => void)[] = [];
      for (const round of roundsOf(members)) {
        const statements = groupStatements(sql);
        const play = async (member: M) => {
          const late = createLateWrites();
          const own = writes(manager, sql, late, parts);
          const tx = groupTx(own, readers, statements, (one) => newRow(one, origin()));
          return { member, late, answer: await unlessItNeedsItsOwn(member.run(tx)) };
        };
        for (const { member, late, answer } of await Promise.all(round.map(play))) {
          if (answer) {
            all.add(late, sql);
            answers.push(answer);
          } else left.push(member);
        }
      }
      return { answer: { left, answers }, last: all.flush(sql) };
    });
    if (answers.length > 0) parts.onCommit?.();
    for (const answer of answers) answer();
    return left;
  };
}

async function unlessItNeedsItsOwn<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NeedsOwnTransaction) return undefined;
    throw error;
  }
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

function writes(manager: EntityManager, sql: Sql, late: LateWrites, parts: StoreParts): Tx {
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
    idempotency: idempotency(sql, late),
    auditPartitions: auditPartitions(sql),

    linkCodes: linkCodes(sql),
    directMessageOutbox: directMessageOutbox(sql),

    record: (event) => void late.events.push(event),

    async enqueueCardUpdate(id) {
      late.touched.add(id);
      late.enqueue('slack_card', id);
    },
    enqueueDirectMessage: async (message) => void late.directMessages.push(message),
    enqueueThreadReply: async (kind, id) => late.enqueue('slack_thread', `${kind}:${id}`),
    enqueueAutoApprovalLine: async (channel = 'default') => late.enqueue('slack_auto', channel),
    enqueuePolicyAnnouncement: async (id, version) =>
      late.enqueue('slack_policy_change', `${id}:${version}`),

    wake: async (id) => void late.wakes.add(id),
  };
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
