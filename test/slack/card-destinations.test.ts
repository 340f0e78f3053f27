/** One request in several places: its channel, and direct messages to approvers outside the channel. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { unwrap } from '../support/services.js';
import { findAction } from '../support/slack/card.js';
import { asArray, asObject, asString, type JsonObject } from '../support/slack/json.js';
import { typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;
afterEach(() => scene.close());

const ALWAYS = Number.POSITIVE_INFINITY;
const TWO = ['alice@example.com', 'carol@example.com'];

async function opened(policy: PolicyChanges = {}, options: SceneOptions = {}) {
  scene = await openScene(options);
  await scene.slack.start();
  await scene.services.policy(policy);
  agent = await scene.services.agent();
}

const idOf = (user: string) => scene.emulate.users[user] ?? '';
const ask = (resource = 'DATABASE_URL') =>
  scene.services.ask(agent.caller, { resources: [`vsecure://secrets/production/${resource}`] });
const posts = () => scene.proxy.callsOf('chat.postMessage');

/** Slack says that this person is not in the channel. */
const leavesChannel = (user: string) =>
  scene.proxy.inject({
    method: 'conversations.members',
    times: ALWAYS,
    fault: 'json',
    json: (upstream: JsonObject) => ({
      ...upstream,
      members: asArray(upstream['members']).filter((id) => id !== idOf(user)),
    }),
  });

/** The direct message to this person, once it shows `words`. */
const directCard = (user: string, words = '') =>
  until(`a direct message to ${user} with "${words}"`, async () => {
    const channel = await scene.emulate.directMessages(idOf(user));
    const found = await scene.emulate.messages(channel);
    return found.find((one) => JSON.stringify(one).includes(words)) && { channel, found };
  });

const directCount = async (user: string) =>
  (await scene.emulate.messages(await scene.emulate.directMessages(idOf(user)))).length;

const delivered = (id: Approval['id']) =>
  until('the delivery', async () => {
    const [due] = await scene.services.database.dataSource.query(
      `select 1 from delivery where destination = 'slack_card' and subject = '${id}' and sent < wanted`,
    );
    return due === undefined;
  });

const deny = async (id: Approval['id']) =>
  unwrap(
    await scene.services.useCases.decide(await scene.services.decider('alice@example.com'), {
      approval: id,
      verdict: 'deny',
      reason: 'Not now',
    }),
  );

describe('a direct message with the card goes', () => {
  test('to the only approver of a policy, in addition to the channel, and both cards show the outcome', async () => {
    await opened();
    const { id } = await ask();
    await scene.card(id);
    await directCard('alice', 'Approval needed');
    await deny(id);
    await scene.card(id, (text) => text.includes('Denied'));
    await directCard('alice', 'Denied');
    expect(await directCount('alice')).toBe(1);
    expect(scene.lint()).toEqual([]);
  });

  test('to an approver who is not in the channel, and its buttons decide', async () => {
    await opened({ approvers: TWO });
    leavesChannel('carol');
    const { id } = await ask();
    const { channel, found } = await directCard('carol', 'Approve');
    await scene.card(id);
    expect(await directCount('alice')).toBe(0);
    const [message = {}] = found;
    await scene.driver.click({
      user: idOf('carol'),
      channel,
      messageId: asString(message['ts']),
      actionId: 'approve',
      value: asString(findAction(message, 'approve')?.['value']),
    });
    const form = await until('a form', () => scene.proxy.callsOf('views.open')[0]);
    const answer = await scene.submit('carol', asObject(form.body['view']), {
      reason: { text: typed('Known incident') },
    });
    expect(answer.body).toBe('');
    await directCard('carol', 'Approved');
    await scene.card(id, (text) => text.includes('Approved'));
  });

  test('to no person when all approvers are in the channel, or when Slack does not say who is in it', async () => {
    await opened({ approvers: TWO });
    await delivered((await ask('ALL_THERE')).id);
    scene.proxy.inject({
      method: 'conversations.members',
      times: ALWAYS,
      fault: 'error',
      error: 'missing_scope',
    });
    await delivered((await ask('NOT_SAID')).id);
    expect(posts()).toHaveLength(2);
  });

  test('to further approvers after an escalation', async () => {
    await opened({
      approvers: TWO,
      escalateTo: ['dora@example.com'],
      escalateAfter: 60_000,
      requestTtl: 600_000,
    });
    const { id } = await ask();
    await delivered(id);
    expect(posts()).toHaveLength(1);
    await scene.services.database.dataSource.query(
      `update approval set created_at = created_at - interval '2 minutes' where id = '${id}'`,
    );
    await scene.services.store.transaction((tx) => tx.enqueueCardUpdate(id));
    await directCard('dora', 'Approval needed');
  });

  test('never to the requester', async () => {
    await opened({ approvers: ['bob@example.com'] });
    await delivered((await ask()).id);
    expect(posts()).toHaveLength(1);
  });
});

describe('a copy of a card that fails', () => {
  test('delays no other copy, and no other copy is updated again because of it', async () => {
    await opened();
    const { id } = await ask();
    await directCard('alice');
    await delivered(id);
    const isDirect = ({ channel }: JsonObject) => asString(channel).startsWith('D');
    scene.proxy.inject({
      method: 'chat.update',
      times: 2,
      fault: 'status',
      status: 503,
      when: isDirect,
    });
    await deny(id);
    await scene.card(id, (text) => text.includes('Denied'));
    await directCard('alice', 'Denied');
    await delivered(id);
    const drawn = scene.proxy.callsOf('chat.update');
    expect(drawn.filter(({ body }) => !isDirect(body))).toHaveLength(1);
    expect(drawn.filter(({ body }) => isDirect(body))).toHaveLength(3);
  });

  test('for an account that takes no messages is not tried again', async () => {
    await opened();
    scene.proxy.inject({
      method: 'conversations.open',
      times: ALWAYS,
      fault: 'error',
      error: 'user_disabled',
    });
    const { id } = await ask();
    await delivered(id);
    expect(scene.slack.state()).toBe('ok');
    expect(await scene.services.slackOutbox.failing()).toEqual([]);
  });
});

test('the permalink of the card is saved, and a card without one works too', async () => {
  await opened({ approvers: TWO });
  const { id } = await ask('LINKED');
  const link = await until('a link', () => scene.services.cards.link(id));
  expect(link).toMatch(/^https?:\/\/\S+\/archives\/\w+\/p\d+/);
  scene.proxy.inject({ method: 'chat.getPermalink', times: ALWAYS, fault: 'status', status: 503 });
  const other = (await ask('UNLINKED')).id;
  await delivered(other);
  await scene.card(other);
  expect(await scene.services.cards.link(other)).toBeUndefined();
});

describe('a channel that cannot be used', () => {
  const toChannel = ({ channel }: JsonObject) => channel === scene.emulate.channelId;

  test.each(['not_in_channel', 'is_archived', 'channel_not_found'])(
    '(%s) gives its cards to every approver, is logged, and gets the cards when it is fixed',
    async (error) => {
      await opened({ approvers: TWO }, { pace: { fixRetryMs: 300 } });
      scene.proxy.inject({
        method: 'chat.postMessage',
        times: ALWAYS,
        fault: 'error',
        error,
        when: toChannel,
      });
      const { id } = await ask();
      for (const user of ['alice', 'carol']) await directCard(user, 'Approval needed');
      await until('a fault', async () => (await scene.services.slackOutbox.failing()).length);
      expect(await scene.services.slackOutbox.failing()).toMatchObject([
        { error: `${error} ${scene.emulate.channelId}`, waiting: 1 },
      ]);
      expect(scene.slack.state()).toBe('degraded');
      scene.proxy.clearFaults();
      await until('the card in the channel', async () => (await scene.emulate.messages()).length);
      await delivered(id);
      expect(await scene.services.slackOutbox.failing()).toEqual([]);
      expect(scene.slack.state()).toBe('ok');
      expect([await directCount('alice'), await directCount('carol')]).toEqual([1, 1]);
    },
  );

  test('because it is shared with another company gets nothing, and its approvers get everything', async () => {
    await opened({ approvers: TWO }, { pace: { fixRetryMs: 300 } });
    scene.proxy.inject({
      method: 'conversations.info',
      times: ALWAYS,
      fault: 'json',
      json: { ok: true, channel: { is_pending_ext_shared: true } },
    });
    await ask();
    for (const user of ['alice', 'carol']) await directCard(user, 'Approval needed');
    expect(posts().filter(({ body }) => toChannel(body))).toEqual([]);
    // The direct messages are there before what is wrong with the channel has been written down.
    await expect
      .poll(async () => (await scene.services.slackOutbox.failing())[0]?.error)
      .toBe(`shared_channel ${scene.emulate.channelId}`);
  });

  test('is tried once for a burst, which its approvers get in one message', async () => {
    await opened(
      { approvers: TWO },
      { pace: { digestAbove: 10 }, delivering: ['slack_digest'], holding: true },
    );
    scene.proxy.inject({
      method: 'chat.postMessage',
      times: ALWAYS,
      fault: 'error',
      error: 'not_in_channel',
      when: toChannel,
    });
    for (let n = 0; n < 30; n += 1) await ask(`KEY_${n}`);
    scene.deliver();
    await directCard('alice', '30 requests pending');
    await directCard('carol', '30 requests pending');
    await until(
      'all to wait',
      async () => (await scene.services.slackOutbox.failing())[0]?.waiting === 30,
    );
    expect(posts().filter(({ body }) => toChannel(body))).toHaveLength(1);
    expect([await directCount('alice'), await directCount('carol')]).toEqual([1, 1]);
  });
});

describe('a policy’s channel', () => {
  const configure = (channel: string) =>
    scene.services.useCases.configureResource(
      scene.services.admin,
      'vsecure://secrets/staging/*',
      { approvers: TWO, channel },
      'merge',
    );

  test('that is shared with another company is refused with a fix', async () => {
    await opened();
    scene.proxy.inject({
      method: 'conversations.info',
      fault: 'json',
      json: { ok: true, channel: { is_ext_shared: true } },
    });
    const refused = await configure('C0SHARED');
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'invalid_input' } });
    expect(JSON.stringify(refused)).toContain('vsecure://secrets/staging/*: the channel C0SHARED');
    expect(await configure(scene.emulate.channelId)).toMatchObject({
      ok: true,
      value: { warnings: [] },
    });
  });

  test('that Slack says nothing about is accepted with a warning', async () => {
    await opened();
    scene.proxy.inject({ method: 'conversations.info', fault: 'error', error: 'missing_scope' });
    const written = unwrap(await configure('C0UNKNOWN'));
    expect(written.warnings.join()).toContain(
      'C0UNKNOWN is shared with another company: give the app channels:read',
    );
  });
});
