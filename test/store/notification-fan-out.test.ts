/** Every audit event becomes a notification for each receiver that wants it, reads included, and never contains a secret. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';
import type { AuditEvent } from '../../src/domain/audit-event.js';
import { createReceiverWorkers } from '../../src/notify/receiver-workers.js';
import type { Senders } from '../../src/ports/index.js';
import { openDatabase } from '../../src/store/database.js';
import { createReadLedger } from '../../src/store/read-ledger.js';
import { sqlOn } from '../../src/store/sql.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { createSearch } from '../support/needles.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';

const sent: unknown[] = [];
const failing = () => async (notification: unknown) => {
  sent.push(notification);
  return { outcome: 'retry', error: 'http_500' } as const;
};
const SENDERS: Senders = { email: failing, slack: failing, webhook: failing };

let database: TestDatabase;
let services: Services;
beforeEach(async () => {
  sent.length = 0;
  database = await testDatabase();
  services = await buildServices({ database, senders: SENDERS });
});
afterEach(() => services.close());

type Change = Parameters<Services['useCases']['configureReceivers']['change']>[1];
const configure = async (change: Change) =>
  unwrap(await services.useCases.configureReceivers.change(services.admin, change));
const webhook = { url: 'https://receiver.example.com/hook' };
const email = { recipients: ['oncall@example.com'] };

const rows = () =>
  sqlOn(database.dataSource)<{ receiver: string; type: string; thread: string | null }>(
    'select receiver, type, thread from notification order by sequence, receiver',
  );
const typesFor = async (receiver: string) =>
  (await rows()).filter((row) => row.receiver === receiver).map(({ type }) => type);

/** An agent asks, is approved, and reads. Resolves with the approval. */
async function read(useCases = services.useCases, reason?: string) {
  await services.policy();
  await services.secret('s3cret-canary-value');
  const { caller } = await services.agent();
  const { id } = await services.ask(caller, reason === undefined ? {} : { reason });
  const decider = await services.decider('alice@example.com');
  unwrap(await useCases.decide(decider, { approval: id, verdict: 'approve' }));
  unwrap(await useCases.readSecret(caller, { resource: DATABASE_URL }));
  return id;
}

test('a read is notified to a receiver of all events, in the thread of its approval', async () => {
  await configure({ webhook: { ...webhook, events: ['*'] } });
  const approval = await read();
  expect(await rows()).toContainEqual({
    receiver: 'webhook',
    type: 'secret_read',
    thread: approval,
  });
});

test('a receiver gets all events but reads by default, only the listed ones with a list, and none while it is disabled', async () => {
  await configure({
    webhook,
    email: { ...email, events: ['access_granted'] },
    slack: { webhookUrl: 'https://hooks.slack.com/services/T/B/x', enabled: false },
  });
  await read();
  expect(await typesFor('webhook')).toEqual(
    expect.arrayContaining(['approval_requested', 'approval_decided', 'access_granted']),
  );
  expect(await typesFor('webhook')).not.toContain('secret_read');
  expect(await typesFor('email')).toEqual(['access_granted']);
  expect(await typesFor('slack')).toEqual([]);
});

test('an alert that names receivers goes only to them', async () => {
  await configure({ webhook, email });
  const actor = { kind: 'system', id: 'test', name: 'test' } as const;
  const fired = (to?: string[]): AuditEvent => ({
    type: 'alert_fired',
    actor,
    details: { rule: 'r', ...(to && { to }) },
  });
  await services.store.transaction(async (tx) => tx.record(fired(['email'])));
  expect(await rows()).toMatchObject([{ receiver: 'email', type: 'alert' }]);
  await services.store.transaction(async (tx) => tx.record(fired()));
  expect((await rows()).map(({ receiver }) => receiver)).toEqual(['email', 'email', 'webhook']);
});

describe('the check of read notifications fails for', () => {
  test('a ledger that notifies no receiver of reads', async () => {
    await configure({ webhook: { ...webhook, events: ['*'] } });
    await sqlOn(database.dataSource)('create schema blind');
    await sqlOn(database.dataSource)('create table blind.receiver (like public.receiver)');
    const options = encodeURIComponent('-c search_path=blind,public');
    await using blind = Object.assign(
      await openDatabase({ url: `${database.url}?options=${options}` }),
      { [Symbol.asyncDispose]: () => blind.destroy() },
    );
    const ledger = createReadLedger(blind, chainHash, services.installation);
    const mutant = await buildServicesOver(ledger);
    await read(mutant.useCases);
    await mutant.listener.stop();
    expect(await typesFor('webhook')).toContain('access_granted');
    expect(await typesFor('webhook')).not.toContain('secret_read');
  });
});

const buildServicesOver = (ledger: Services['ledger']) =>
  buildServices({
    database,
    masterKey: services.masterKeyText,
    change: (parts) => ({ ...parts, ledger }),
  });

test('no row, log or notification contains a secret, an address, or a reason unless the receiver includes reasons', async () => {
  const needles = { value: 's3cret-canary-value', address: 'canary-Ab12', reason: 'canary-reason' };
  const search = createSearch(
    Object.entries(needles).flatMap(([name, text]) =>
      [text, Buffer.from(text).toString('base64'), Buffer.from(text).toString('hex')].map(
        (form) => ({ name, bytes: Buffer.from(form) }),
      ),
    ),
  );
  const found = (hay: unknown) => search(Buffer.from(JSON.stringify(hay)));
  await configure({
    webhook: { url: `https://receiver.example.com/${needles.address}`, events: ['*'] },
  });
  await read(services.useCases, `because of the ${needles.reason}`);

  const logged: unknown[] = [];
  const relay = createReceiverWorkers({
    notificationOutbox: services.notificationOutbox,
    send: ({ receiver, version, notification }, signal) =>
      services.useCases.notifyReceiver(receiver, version, notification, signal),
    logger: { warn: (...line) => logged.push(line) },
    intervalMs: 20,
    schedule: { waits: [0, 5, 5, 5, 5, 5, 5, 5], jitter: { from: 0.8, to: 1.2 } },
  });
  relay.start();
  await until('the first delivery fails', () => sent.length > 0 && logged.length > 0);
  await relay.stop();

  const sql = sqlOn(database.dataSource);
  const tables = await sql<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace
       and relkind in ('r', 'p') and not relispartition`,
  );
  const inTables: Record<string, readonly string[]> = {};
  for (const { name } of tables)
    inTables[name] = found(await sql(`select t::text from public.${name} t`));
  // Reasons belong to the request and the audit trail only.
  const { approval, audit_event: trail, ...others } = inTables;
  expect([approval, trail]).toEqual([['reason'], ['reason']]);
  expect(Object.values(others).flat()).toEqual([]);
  expect([found(logged), found(sent)]).toEqual([[], []]);
});
