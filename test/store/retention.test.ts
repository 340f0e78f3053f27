/** Deliveries that were sent long ago are deleted; those that are due or recent are kept, and so is the audit trail. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createForgetDelivered } from '../../src/store/retention.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildServices, type Services } from '../support/services.js';

let services: Services;
beforeAll(async () => {
  services = await buildServices();
});
afterAll(() => services.close());

const DAY = 86_400_000;
const sql = (text: string) => sqlOn(services.database.dataSource)<Record<string, unknown>>(text);
const put = (subject: string, destination: string, sent: number, days: number) =>
  sql(`insert into delivery (destination, subject, sent, created_at, not_before)
    select '${destination}', '${subject}', ${sent}, moment, moment
    from (select clock_timestamp() - interval '${days} days' as moment) as past`);

test('old Slack deliveries are deleted', async () => {
  await services.policy();
  const { caller } = await services.agent();
  const { id } = await services.ask(caller);
  await sql(`update delivery set sent = wanted, created_at = created_at - interval '40 days',
    not_before = not_before - interval '40 days' where subject = '${id}'`);
  await put('reminder:old', 'slack_thread', 1, 31);
  await put('reminder:due', 'slack_thread', 0, 31);
  await put('reminder:new', 'slack_thread', 1, 29);
  await put('C0CHANNEL', 'slack_auto', 1, 31);
  await put('C0CHANNEL:1750000000.000100', 'slack_digest', 1, 31);
  const events = (await sql('select from audit_event')).length;
  await createForgetDelivered(services.database.dataSource, 30 * DAY)();
  const left = await sql(
    `select subject from delivery where subject !~ '^(prsn|plcy)_' order by subject`,
  );
  // The card of an open request keeps counting its revisions.
  expect(left.map(({ subject }) => subject).toSorted()).toEqual(
    ['C0CHANNEL', id, 'reminder:due', 'reminder:new'].toSorted(),
  );
  expect(await sql('select from audit_event')).toHaveLength(events);
});

test('old direct messages that were sent are deleted', async () => {
  const { caller } = await services.agent('notices');
  const { owner, principal } = caller;
  for (const sentAt of [`clock_timestamp() - interval '31 days'`, 'clock_timestamp()', 'null'])
    await sql(`insert into notice (person_id, kind, principal_id, told_at)
      values ('${owner.id}', 'first_use', '${principal.id}', ${sentAt})`);
  await createForgetDelivered(services.database.dataSource, 30 * DAY)();
  expect(await sql(`select from notice where principal_id = '${principal.id}'`)).toHaveLength(2);
});
