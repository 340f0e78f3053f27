/** Digests: messages that several requests share. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildServices, type Services } from '../support/services.js';

const MINUTE = 60_000;
const FIVE = 5 * MINUTE;
const C1 = { teamId: 'T1', channel: 'C1', messageId: '1.1' } as const;

let services: Services;
let ids: `appr_${string}`[];
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({ channel: 'C2' }, 'vsecure://secrets/elsewhere/*');
  const { caller } = await services.agent();
  ids = [];
  for (let n = 1; n <= 4; n += 1)
    ids.push((await services.ask(caller, { duration: n * MINUTE })).id);
  ids.push((await services.ask(caller, { resources: ['vsecure://secrets/elsewhere/A'] })).id);
});
afterAll(() => services.close());
beforeEach(() => sql('delete from card'));

const sql = (text: string) => services.database.dataSource.query(text);
const names = async (channel: string, isDefault: boolean) =>
  (await services.digests.waiting(channel, isDefault)).map(({ approval }) => approval);

test('a request waits in its policy\u2019s channel, or in the default channel when the policy names none', async () => {
  expect(await names('C1', true)).toEqual(ids.slice(0, 4));
  expect(await names('C1', false)).toEqual([]);
  expect(await names('C2', false)).toEqual(ids.slice(4));
});

test('a request that a card or digest in the channel shows does not wait any more', async () => {
  const [a = 'appr_', b = 'appr_', ...rest] = ids.slice(0, 4);
  await services.cards.save({ ...C1, approval: a, messageId: '9.1' });
  await services.digests.add(C1, [b]);
  expect(await names('C1', true)).toEqual(rest);
  expect(await services.digests.unshown('C1', ids.slice(0, 4))).toEqual(rest);
});

test('a digest shows the requests that were added, and existing cards stay', async () => {
  const [a = 'appr_', b = 'appr_'] = ids;
  await services.cards.save({ ...C1, approval: a, messageId: '9.1' });
  await services.digests.add(C1, [a, b]);
  const items = await services.digests.shown('C1', '1.1');
  expect(items).toMatchObject([{ approval: b, requester: 'claude-desktop', status: 'pending' }]);
  expect(await services.cards.shows('C1', '9.1', a)).toBe(true);
  expect(await services.cards.shows('C1', '1.1', a)).toBe(false);
  expect(await services.cards.shows('C1', '1.1', b)).toBe(true);
});

test('a request that is added to a digest does not renew its age', async () => {
  const [a = 'appr_', b = 'appr_'] = ids;
  await services.digests.add(C1, [a]);
  expect(await services.digests.newest('T1', 'C1', FIVE)).toEqual(C1);
  expect(await services.digests.newest('T2', 'C1', FIVE)).toBeUndefined();
  await sql(`update card set posted_at = posted_at - interval '4 minutes'`);
  await services.digests.add(C1, [b]);
  await sql(`update card set posted_at = posted_at - interval '2 minutes'`);
  expect(await services.digests.newest('T1', 'C1', FIVE)).toBeUndefined();
});

test('a digest is drawn once for any number of changes, and again after it was moved', async () => {
  await sql('delete from delivery');
  await services.digests.add(C1, ids.slice(0, 2));
  for (let turn = 0; turn < 20; turn += 1) await services.digests.markOutdated(C1);
  expect(await services.slackOutbox.lease('slack_digest', 10, MINUTE)).toMatchObject([
    { subject: 'C1:1.1', wanted: 21 },
  ]);
  await services.digests.move(C1, { channel: 'C1', messageId: '2.1' });
  expect(await services.digests.find('C1', '1.1')).toBeUndefined();
  expect(await services.digests.shown('C1', '2.1')).toHaveLength(2);
  expect(await services.slackOutbox.lease('slack_digest', 10, MINUTE)).toMatchObject([
    { subject: 'C1:2.1' },
  ]);
});
