/** The Store port over Postgres: reads on the pool, writes only inside a transaction. */

import type { DataSource, EntityManager } from 'typeorm';
import type { AuditEvent } from '../domain/audit-event.js';
import type {
  ChainHash,
  Destination,
  Installation,
  MakeId,
  Reads,
  Store,
  Tx,
} from '../domain/ports.js';
import { approvalReads, approvals } from './approvals.js';
import { auditReads } from './audit.js';
import { appendEvents } from './audit-chain.js';
import { grantReads, grants } from './grants.js';
import { people, personReads } from './people.js';
import { policies, policyReads } from './policies.js';
import { principalReads, principals } from './principals.js';
import { repeats } from './repeats.js';
import { secretReads, secrets } from './secrets.js';
import { slackGroups } from './slack-groups.js';
import { first, only, type Sql, sqlIn, sqlOn } from './sql.js';

/** Postgres channels. The payload of the first is an approval id; the second only says that something is due. */
export const APPROVAL_CHANNEL = 'vsecure_approval';
export const DELIVERY_CHANNEL = 'vsecure_delivery';

export interface StoreParts {
  readonly chain: ChainHash;
  readonly makeId: MakeId;
}

export function createStore(dataSource: DataSource, parts: StoreParts): Store {
  return {
    ...reads(dataSource.manager, sqlOn(dataSource)),

    transaction: (work) =>
      dataSource.transaction('READ COMMITTED', async (manager) => {
        const sql = sqlIn(manager);
        const events: AuditEvent[] = [];
        const result = await work(writes(manager, sql, events, parts));
        await appendEvents(sql, parts.chain, events);
        return result;
      }),
  };
}

function reads(manager: EntityManager, sql: Sql): Reads {
  const personReader = personReads(manager);
  return {
    now: async () => only(await sql<{ now: Date }>('select clock_timestamp() as now')).now,
    approvals: approvalReads(sql),
    grants: grantReads(sql),
    policies: policyReads(manager, sql),
    principals: principalReads(manager, sql, personReader),
    people: personReader,
    secrets: secretReads(manager),
    groups: slackGroups(sql),
    audit: auditReads(sql),
    installation: { find: () => findInstallation(sql) },
  };
}

function writes(manager: EntityManager, sql: Sql, events: AuditEvent[], parts: StoreParts): Tx {
  const notify = (channel: string, payload: string) =>
    sql('select pg_notify($1, $2)', [channel, payload]);
  const deliver = async (destination: Destination, subject: string) => {
    await sql(
      `insert into delivery (destination, subject) values ($1, $2)
       on conflict (destination, subject) do update
         set wanted = delivery.wanted + 1, attempts = 0, not_before = clock_timestamp()`,
      [destination, subject],
    );
    await notify(DELIVERY_CHANNEL, '');
  };
  const personWriter = people(manager, parts.makeId);
  return {
    ...reads(manager, sql),
    approvals: approvals(sql),
    grants: grants(sql),
    policies: policies(manager, sql),
    principals: principals(manager, sql, personWriter),
    people: personWriter,
    secrets: secrets(manager, sql),
    installation: {
      find: () => findInstallation(sql),
      insert: (installation) => insertInstallation(sql, parts.chain, installation),
    },

    repeats: repeats(sql),

    record: (event) => void events.push(event),

    touchCard: (id) => deliver('slack_card', id),
    announce: (id, version) => deliver('slack_policy_change', `${id}:${version}`),

    async wake(id) {
      await notify(APPROVAL_CHANNEL, id);
    },
  };
}

async function findInstallation(sql: Sql): Promise<Installation | undefined> {
  const row = first(
    await sql<{ id: string; key_check: Buffer }>('select id, key_check from installation'),
  );
  return row && { id: row.id, keyCheck: row.key_check };
}

/** The chain begins here: its first hash is reckoned from the installation's id. */
async function insertInstallation(sql: Sql, chain: ChainHash, { id, keyCheck }: Installation) {
  await sql('insert into installation (id, key_check) values ($1, $2)', [id, keyCheck]);
  await sql('insert into audit_head (sequence, hash) values (0, $1)', [chain.genesis(id)]);
}
