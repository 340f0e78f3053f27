/** Many requests at the same time share one message, which decides nothing by itself and shows how many are left. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { unwrap } from '../support/services.js';
import { findAction } from '../support/slack/card.js';
import { asArray, asObject, asString, type JsonObject } from '../support/slack/json.js';
import { typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene, type SceneOptions, wordsOf } from './scene.js';

let scene: Scene;
let approvals: Approval[];
afterEach(() => scene.close());

const TWO = ['alice@example.com', 'carol@example.com'];
const idOf = (user: string) => scene.emulate.users[user] ?? '';

/** A burst of 15 from one key and 5 from another, all of it waiting when the first is delivered. */
async function burst(options: SceneOptions = {}, approvers = TWO) {
  scene = await openScene({
    delivering: ['slack_digest'],
    holding: true,
    ...options,
    pace: { digestAbove: 10, ...options.pace },
  });
  await scene.slack.start();
  await scene.services.policy({ approvers, permissions: ['read', 'delete'] });
  approvals = [];
  await more('claude-desktop', 15);
  await more('cursor', 5);
}

async function more(key: string, count: number) {
  const { caller } = await scene.services.agent(key);
  for (let n = 0; n < count; n += 1)
    approvals.push(
      await scene.services.ask(caller, {
        resources: [`vsecure://secrets/production/KEY_${n}`],
        operation: n === 3 ? 'delete' : 'read',
      }),
    );
}

const digests = async (channel?: string) =>
  (await scene.emulate.messages(channel)).filter(
    (one) => findAction(one, 'digest_review') || hasEnded(one),
  );
const hasEnded = (message: JsonObject) => asString(message['text']).startsWith('All ');
const digest = (words: string) =>
  until(`a digest that says "${words}"`, async () =>
    (await digests()).find((one) => JSON.stringify(one).includes(words)),
  );

async function decide(count: number, verdict: 'approve' | 'deny') {
  const alice = await scene.services.decider('alice@example.com');
  for (const { id } of approvals.splice(0, count))
    unwrap(
      await scene.services.useCases.decide(alice, { approval: id, verdict, reason: 'Reviewed' }),
    );
}

const posts = () => scene.proxy.callsOf('chat.postMessage');

const click = (user: string, message: JsonObject) =>
  scene.driver.click({
    user: idOf(user),
    channel: scene.emulate.channelId,
    messageId: asString(message['ts']),
    actionId: 'digest_review',
  });

/** What a method showed, the first time or the second. */
const shownBy = async (method: 'views.open' | 'views.push' | 'views.update', time = 1) => {
  const call = await until(`${method} ${time}`, () => scene.proxy.callsOf(method)[time - 1]);
  return { ...asObject(call.body['view']), id: 'V0REVIEW', hash: '1.1' };
};

const clickIn = (user: string, view: JsonObject, button: JsonObject) =>
  scene.driver.clickInView({
    user: idOf(user),
    view,
    actionId: asString(button['action_id']),
    value: asString(button['value']),
  });

const buttonsOf = (view: JsonObject, actionId: string) =>
  asArray(view['blocks'])
    .flatMap((block) => asArray(asObject(block)['elements']))
    .map(asObject)
    .filter((element) => element['action_id'] === actionId);

describe('a burst', () => {
  beforeEach(async () => {
    await burst();
    scene.deliver();
  });

  test('is one message with the number of requests, their keys and the first deadline, and mentions its approvers once', async () => {
    const message = await digest('20 requests pending');
    expect(message['text']).toBe('20 requests pending');
    expect(wordsOf(message)).toContain('`claude-desktop` (15 requests), `cursor` (5 requests)');
    expect(wordsOf(message)).toContain('The first: Decide before');
    expect(wordsOf(message)).toContain(`<@${idOf('alice')}>, <@${idOf('carol')}>`);
    expect(posts()).toHaveLength(1);
    expect(scene.lint()).toEqual([]);
  });

  test('shows how many requests are left as they are decided, and at the end that all are decided', async () => {
    await digest('20 requests pending');
    await decide(12, 'approve');
    await digest('8 of 20 requests pending');
    await decide(8, 'deny');
    const over = await digest('All 20 requests are closed');
    expect(wordsOf(over)).toContain('12 approved, 8 denied');
    expect(findAction(over, 'digest_review')).toBeUndefined();
    expect(posts()).toHaveLength(1);
    expect(scene.lint()).toEqual([]);
  });

  test('is reviewed page by page, the most dangerous first, and each row opens the usual form', async () => {
    await click('alice', await digest('20 requests pending'));
    const first = await shownBy('views.open');
    expect(wordsOf(first)).toContain('20 of 20 requests pending · page 1 of 2');
    expect(wordsOf(first).indexOf('*Delete*')).toBeLessThan(wordsOf(first).indexOf('*Read*'));
    expect(buttonsOf(first, 'approve')).toHaveLength(10);

    const [forward = {}] = buttonsOf(first, 'digest_forward');
    await clickIn('alice', first, forward);
    expect(wordsOf(await shownBy('views.update'))).toContain('page 2 of 2');

    const [row = {}] = buttonsOf(first, 'deny');
    await clickIn('alice', first, row);
    const form = await shownBy('views.push');
    const answer = await scene.submit('alice', form, { reason: { text: typed('Not in a burst') } });
    expect(answer.body).toBe('');
    await digest('19 of 20 requests pending');
    const [again = {}] = buttonsOf(first, 'digest_again');
    await clickIn('alice', first, again);
    expect(wordsOf(await shownBy('views.update', 2))).toContain('19 of 20 requests pending');
    expect(scene.lint()).toEqual([]);
  });

  test('can be reviewed by a person who may not decide, whose first click is then refused', async () => {
    await click('mallory', await digest('20 requests pending'));
    const list = await shownBy('views.open');
    const [row = {}] = buttonsOf(list, 'approve');
    await clickIn('mallory', list, row);
    const answer = await shownBy('views.push');
    expect(answer).not.toHaveProperty('callback_id');
    expect(wordsOf(answer)).toContain('This Slack account is not linked to a person');
    expect(
      await scene.services.store.approvals.list({ status: 'approved' }, { limit: 1 }),
    ).toMatchObject({
      items: [],
    });
  });

  test('that is no longer shown is answered, as is a page of an unknown message', async () => {
    const message = await digest('20 requests pending');
    await click('alice', { ...message, ts: '1.1' });
    await scene.expectReply('does not recognize this list');
  });
});

describe('later requests', () => {
  test('join a recent digest, and a few of them get their own cards', async () => {
    await burst({ pace: { postGap: 400 } });
    scene.deliver();
    await digest('20 requests pending');
    await Promise.all([more('third', 15), more('fourth', 15)]);
    await until('all to be shown', async () => {
      const [row] = await scene.services.database.dataSource.query(
        `select count(*)::int as n from approval a where not exists (select from card c where c.approval_id = a.id)`,
      );
      return row.n === 0;
    });
    const [sums] = await scene.services.database.dataSource.query(
      `select count(distinct message_ts) filter (where kind = 'digest')::int as digests,
         count(*) filter (where kind = 'card')::int as cards from card`,
    );
    expect(sums.digests).toBe(1);
    expect(sums.cards).toBeLessThanOrEqual(10);
    await digest(`${50 - sums.cards} requests pending`);
  });

  test('get their own cards when few come at a time', async () => {
    await burst({ pace: { digestAbove: 40 } });
    scene.deliver();
    await until('all cards', () => posts().length === 20);
    expect(await digests()).toEqual([]);
  });
});

describe('a digest', () => {
  test('that was deleted in Slack is posted again with the open requests', async () => {
    await burst();
    scene.deliver();
    const first = await digest('20 requests pending');
    scene.proxy.inject({ method: 'chat.update', fault: 'error', error: 'message_not_found' });
    await decide(5, 'deny');
    const second = await until('another digest', async () =>
      (await digests()).find(({ ts }) => ts !== first['ts']),
    );
    await decide(10, 'deny');
    await until('its count', async () =>
      JSON.stringify(await scene.emulate.message(asString(second['ts']))).includes('5 of 20'),
    );
  });

  test('also goes to a single approver as a direct message', async () => {
    await burst({}, ['alice@example.com']);
    scene.deliver();
    const channel = await scene.emulate.directMessages(idOf('alice'));
    await until('the direct digest', async () => (await digests(channel)).length === 1);
    await digest('20 requests pending');
    expect(posts()).toHaveLength(2);
    await decide(20, 'approve');
    await until('its end', async () => {
      const [message] = await scene.emulate.messages(channel);
      return message && hasEnded(message);
    });
  });

  test('whose answer from Slack is lost is posted again, and no request is lost', async () => {
    await burst();
    scene.proxy.inject({ method: 'chat.postMessage', fault: 'drop-after' });
    scene.deliver();
    await until('two', async () => (await digests()).length === 2);
    const [older = {}, newer = {}] = await digests();
    await decide(20, 'deny');
    await until('the newer digest’s update', async () => {
      const message = await scene.emulate.message(asString(newer['ts']));
      return message && hasEnded(message);
    });
    await click('alice', older);
    await scene.expectReply('does not recognize this list');
  });
});
