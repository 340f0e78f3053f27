/** Every event that a receiver wants becomes one thing to tell it, in the statement that appends the event, and nothing of it is a value. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LeasedNotification, Tellers } from '../../src/domain/ports.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildHouse, DATABASE_URL, granted, type House } from '../support/house.js';

const VALUE = 'canary-value-7Qk2';
const REASON = 'canary-reason-8Rm3 please';

const tell = () => async () => ({ outcome: 'sent' }) as const;
const tellers: Tellers = { email: tell, slack: tell, webhook: tell };

let house: House;
beforeAll(async () => {
  house = await buildHouse({ tellers });
  const change = {
    email: { recipients: ['oncall@example.com'] },
    slack: { webhookUrl: 'https://hooks.slack.com/x', includeReason: true, events: ['*'] },
    webhook: { url: 'https://a.example.com/', events: ['secret_read', 'alert'] },
  } as const;
  granted(await house.useCases.configureReceivers.change(house.admin, change));
  await house.policy();
  await house.secret(VALUE);
});
afterAll(() => house.close());

async function everything() {
  const { caller } = await house.agent();
  const { id } = await house.ask(caller, { reason: REASON });
  const decider = await house.decider('alice@example.com');
  granted(await house.useCases.decide(decider, { approval: id, verdict: 'approve', reason: 'ok' }));
  granted(await house.useCases.readSecret(caller, { resource: DATABASE_URL }));
  await house.store.transaction(async (tx) => {
    const actor = { kind: 'system', id: 'alerts', name: 'alerts' } as const;
    tx.record({ type: 'alert_fired', actor, details: { alert: 'a', to: ['webhook'] } });
  });
  return id;
}

/** All that is due for one, one round after another. */
async function all(kind: LeasedNotification['receiver']): Promise<LeasedNotification[]> {
  const seen: LeasedNotification[] = [];
  for (;;) {
    const leased = await house.outbox.lease(kind, 100, 60_000);
    if (leased.length === 0) return seen;
    seen.push(...leased);
    await house.outbox.sent(kind, ...leased);
  }
}

test('each receiver is told what it wants: events, reads by the ledger too, and alerts that are meant for it', async () => {
  const id = await everything();
  const told = {
    email: await all('email'),
    slack: await all('slack'),
    webhook: await all('webhook'),
  };
  const types = (of: readonly LeasedNotification[]) =>
    of.map(({ notification }) => notification.type);
  expect(types(told.webhook)).toEqual(['secret_read', 'alert']);
  expect(types(told.email)).toEqual(
    expect.arrayContaining([
      'policy_changed',
      'secret_written',
      'approval_requested',
      'approval_decided',
      'access_granted',
    ]),
  );
  expect(types(told.email)).not.toContain('secret_read');
  expect(types(told.email)).not.toContain('alert');
  expect(types(told.slack)).toContain('secret_read');

  const [read] = told.webhook;
  expect(read?.notification).toMatchObject({
    id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
    approval: id,
    key: 'claude-desktop',
    resources: [DATABASE_URL],
    details: { version: 1 },
  });
  // The same event is the same everywhere.
  const twin = told.slack.find(
    ({ notification }) => notification.sequence === read?.notification.sequence,
  );
  expect(twin?.notification.id).toBe(read?.notification.id);

  const asked = (of: readonly LeasedNotification[]) =>
    of.find(({ notification }) => notification.type === 'approval_requested')?.notification.reason;
  expect([asked(told.email), asked(told.slack)]).toEqual([undefined, REASON]);
  for (const form of [
    VALUE,
    Buffer.from(VALUE).toString('base64'),
    Buffer.from(VALUE).toString('hex'),
  ])
    expect(JSON.stringify(told)).not.toContain(form);
});

test('without a receiver there is nothing to tell', async () => {
  const other = await buildHouse();
  await other.policy();
  await other.secret(VALUE);
  const rows = await sqlOn(other.database.dataSource)('select 1 from notification');
  expect(rows).toEqual([]);
  await other.close();
});

test('a chain that appended without telling would be seen here', async () => {
  const sql = sqlOn(house.database.dataSource);
  const untold = await sql(
    `select e.sequence from audit_event e where e.body ->> 'type' = 'secret_read'
       and not exists (select from notification n where n.sequence = e.sequence and n.receiver = 'webhook')`,
  );
  expect(untold).toEqual([]);
  expect(
    (await sql(`select 1 from audit_event where body ->> 'type' = 'secret_read'`)).length,
  ).toBe(1);
});
