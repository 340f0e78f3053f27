/** The verifier that is shipped reports a change of any column of the audit trail in the database, over the real REST API. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '../../src/domain/audit-event.js';
import { VSecureClient } from '../../src/sdk/index.js';
import { type Serving, startServing } from '../http/serving.js';
import { tamper } from './trail.js';

let serving: Serving;
let client: VSecureClient;
beforeAll(async () => {
  serving = await startServing();
  const { services, server } = serving;
  client = new VSecureClient({ url: server.url, apiKey: services.adminToken });
  // One detached partition, one closed partition, and the open one.
  for (let round = 0; round < 3; round += 1) {
    await append();
    await append();
    if (round < 2) await services.store.transaction((tx) => tx.auditPartitions.next());
  }
  await services.countOn();
  const first = await services.database.dataSource.query(
    'select closed_at as at from audit_part order by first limit 1',
  );
  await services.useCases.detachAudit(new Date(first[0].at.getTime() + 1));
  await append();
  expect(await services.database.dataSource.query('select from audit_part')).toHaveLength(3);
});
afterAll(() => serving.close());

const append = () =>
  serving.services.store.transaction(async (tx) => {
    tx.record({ type: 'foreign_request', actor: systemActor('a test') });
  });

const verified = () => client.mcp.verifyAudit();

/** Makes the change, verifies, and undoes the change. */
async function afterChange(table: string, statement: string) {
  await tamper(serving.services, `create table kept as select * from ${table}`);
  await tamper(serving.services, statement);
  const result = await verified();
  const columns = COLUMNS[table] ?? '*';
  await tamper(
    serving.services,
    `delete from ${table}; insert into ${table} (${columns}) select ${columns} from kept; drop table kept`,
  );
  return result;
}

const COLUMNS: Record<string, string> = {
  audit_event: 'sequence, at, canonical, hash',
  audit_head: 'only_one, sequence, hash',
  audit_part: 'name, first, last, opened_at, closed_at, hash, detached_at, proof',
};

const NEWEST = 'where sequence = (select max(sequence) from audit_event)';
const PROOF = 'nothing proves that an operator detached';
const ALL_BYTES = `decode(repeat('ab', 32), 'hex')`;

test.each([
  ['audit_event', `update audit_event set at = at + interval '1 microsecond' ${NEWEST}`, '"at"'],
  ['audit_event', `update audit_event set sequence = sequence + 1 ${NEWEST}`, 'missing or out of'],
  ['audit_event', `update audit_event set canonical = canonical || ' ' ${NEWEST}`, 'its hash'],
  ['audit_event', `update audit_event set hash = ${ALL_BYTES} ${NEWEST}`, 'its hash'],
  ['audit_event', `delete from audit_event ${NEWEST}`, 'the end of the trail is missing'],
  ['audit_head', 'update audit_head set sequence = sequence + 1', 'the end of the trail'],
  [
    'audit_head',
    'update audit_head h set sequence = e.sequence, hash = e.hash from audit_event e where e.sequence = h.sequence - 1',
    'the head is behind the last event',
  ],
  ['audit_head', `update audit_head set hash = ${ALL_BYTES}`, 'the head is not the hash'],
  ['audit_head', 'delete from audit_head', 'the row with the head of the trail is missing'],
  ['audit_part', `update audit_part set name = 'audit_event_9000' where last is null`, 'its name'],
  ['audit_part', `update audit_part set name = name || '0' where detached_at is not null`, PROOF],
  ['audit_part', 'update audit_part set first = first + 1 where last is null', 'does not start'],
  ['audit_part', 'update audit_part set last = last - 1 where detached_at is null', 'its hash'],
  ['audit_part', 'update audit_part set last = last - 1 where detached_at is not null', PROOF],
  [
    'audit_part',
    `update audit_part set hash = ${ALL_BYTES} where last is not null and detached_at is null`,
    'its hash is not the hash of its last event',
  ],
  ['audit_part', `update audit_part set hash = ${ALL_BYTES} where detached_at is not null`, PROOF],
  [
    'audit_part',
    `update audit_part set opened_at = opened_at - interval '1 day' where last is null`,
    'its time of opening',
  ],
  [
    'audit_part',
    `update audit_part set opened_at = opened_at + interval '1 day' where last is null`,
    'its time of opening',
  ],
  [
    'audit_part',
    `update audit_part set closed_at = closed_at + interval '1 day' where closed_at is not null`,
    'its time of closing',
  ],
  [
    'audit_part',
    `update audit_part set detached_at = detached_at + interval '1 day'`,
    'it was detached at another time',
  ],
  ['audit_part', 'update audit_part set detached_at = null', 'missing or out of order'],
  ['audit_part', `update audit_part set proof = ${ALL_BYTES} where detached_at is not null`, PROOF],
  ['audit_part', 'delete from audit_part where last is null', 'open partition is missing'],
])('a change of %s is reported: %s', async (table, statement, problem) => {
  expect(await verified()).toMatchObject({ ok: true });
  expect(await afterChange(table, statement)).toMatchObject({
    ok: false,
    problem: expect.stringContaining(problem),
  });
  expect(await verified()).toMatchObject({ ok: true });
});

// Comes last: afterwards the database no longer derives the column.
test('a change of the derived column body, which searches read, is reported', async () => {
  await tamper(serving.services, 'alter table audit_event alter column body drop expression');
  await tamper(
    serving.services,
    `update audit_event set body = jsonb_set(body, '{actor,name}', '"another"') ${NEWEST}`,
  );
  expect(await verified()).toMatchObject({
    ok: false,
    problem: 'its column "body" differs from its content',
  });
});
