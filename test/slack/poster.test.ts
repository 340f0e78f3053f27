/** Cards show the current state, wherever a request was decided and whatever Slack answers. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '../support/services.js';
import { asString } from '../support/slack/json.js';
import { until } from '../support/until.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;

async function opened(options: Parameters<typeof openScene>[0] = {}, starting = true) {
  scene = await openScene(options);
  await scene.services.policy();
  agent = await scene.services.agent();
  if (starting) await scene.slack.start();
}
afterEach(() => scene.close());

const ask = (resource = 'DATABASE_URL') =>
  scene.services.ask(agent.caller, { resources: [`vsecure://secrets/production/${resource}`] });
const denyByCli = async (id: Awaited<ReturnType<typeof ask>>['id']) => {
  const alice = await scene.services.decider('alice@example.com');
  unwrap(
    await scene.services.useCases.decide(alice, {
      approval: id,
      verdict: 'deny',
      reason: 'Not now',
    }),
  );
};
const posts = () => scene.proxy.callsOf('chat.postMessage');
const everythingSent = () =>
  until('an empty outbox', async () => {
    const due = await scene.services.database.dataSource.query(
      "select 1 from delivery where sent < wanted and destination = 'slack_card'",
    );
    return due.length === 0;
  });

describe('a card', () => {
  beforeEach(() => opened());

  test('is updated in place when a person decides on the command line', async () => {
    const { id } = await ask();
    const before = await scene.card(id);
    await denyByCli(id);
    const after = await scene.card(id, (text) => text.includes('Denied'));
    expect(after['ts']).toBe(before['ts']);
    expect(await scene.emulate.messages()).toHaveLength(1);
    expect(scene.lint()).toEqual([]);
  });

  test('counts how often the same access was requested', async () => {
    const { id } = await ask();
    await scene.card(id);
    await ask();
    await scene.card(id, (text) => text.includes('and repeated it once'));
    expect(await scene.emulate.messages()).toHaveLength(1);
  });

  test('goes to the channel of its policy', async () => {
    const uri = 'vsecure://secrets/elsewhere/*';
    await scene.services.policy({ channel: 'C0ELSEWHERE' }, uri);
    await scene.services.ask(agent.caller, { resources: ['vsecure://secrets/elsewhere/A'] });
    const post = await until('a post', () => posts()[0]);
    expect(post.body['channel']).toBe('C0ELSEWHERE');
  });

  test('is posted again when it was deleted in Slack while the request was open', async () => {
    const { id } = await ask();
    const first = await scene.card(id);
    scene.proxy.inject({ method: 'chat.update', fault: 'error', error: 'message_not_found' });
    await ask();
    const second = await until('another card', async () =>
      (await scene.emulate.messages()).find(({ ts }) => ts !== first['ts']),
    );
    await everythingSent();
    const ts = asString(second['ts']);
    expect(await scene.services.cards.shows(scene.emulate.channelId, ts, id)).toBe(true);
  });

  test.each(['cant_update_message', 'edit_window_closed'])(
    'that Slack lets no app edit (%s) is followed by a reply with the outcome, and its buttons say so, too',
    async (error) => {
      const { id } = await ask();
      const ts = asString((await scene.card(id))['ts']);
      const forever = { times: Number.POSITIVE_INFINITY, fault: 'error', error } as const;
      scene.proxy.inject({ method: 'chat.update', ...forever });
      const alice = await scene.services.decider('alice@example.com');
      unwrap(await scene.services.useCases.decide(alice, { approval: id, verdict: 'approve' }));
      await everythingSent();
      const replies = await scene.emulate.replies(ts);
      expect(replies).toHaveLength(1);
      expect(JSON.stringify(replies)).toContain('Approved: read production/');
      expect(JSON.stringify(replies)).toContain('Slack does not let vsecure change the card above');
      const notice = await scene.openForm('alice', id, 'approve');
      expect(JSON.stringify(notice)).toContain('Already decided');
      expect(scene.slack.state()).toBe('ok');
    },
  );

  test('shows that its grant was revoked', async () => {
    const { id } = await ask();
    // A decided request is not posted where it was never shown, so the card must exist first.
    await scene.card(id);
    const alice = await scene.services.decider('alice@example.com');
    unwrap(await scene.services.useCases.decide(alice, { approval: id, verdict: 'approve' }));
    await scene.card(id, (text) => text.includes('Approved'));
    const grant = await scene.services.store.grants.ofApproval(id);
    if (!grant) throw new Error('an approval without a grant');
    unwrap(await scene.services.useCases.revokeGrant(alice.person, grant.id, 'Incident closed'));
    await scene.card(id, (text) => text.includes('Revoked') && text.includes('Incident closed'));
  });
});

describe('an error of Slack', () => {
  beforeEach(() => opened());

  test('429: vsecure waits for as long as Slack says', async () => {
    scene.proxy.inject({ method: 'chat.postMessage', fault: 'rate-limited', retryAfterSeconds: 2 });
    const { id } = await ask();
    await scene.card(id);
    const [refused, taken] = posts();
    expect(Number(taken?.at) - Number(refused?.at)).toBeGreaterThanOrEqual(2000);
  });

  test('503: the card is delayed and then shows the latest state', async () => {
    const { id } = await ask();
    await scene.card(id);
    scene.proxy.inject({ method: 'chat.update', fault: 'status', status: 503 });
    await denyByCli(id);
    await scene.card(id, (text) => text.includes('Denied'));
  });

  test('a lost answer makes at worst a second card, which says so, and the buttons of the first one point to it', async () => {
    scene.proxy.inject({ method: 'chat.postMessage', fault: 'drop-after' });
    const { id, digest } = await ask();
    await everythingSent();
    const [older, newer] = await scene.emulate.messages();
    expect(await scene.services.cards.find(id)).toMatchObject({ messageId: newer?.['ts'] });
    expect(JSON.stringify(newer)).toContain('An earlier message about this request');
    expect(JSON.stringify(older)).not.toContain('An earlier message about this request');
    await scene.driver.click({
      user: scene.emulate.users['alice'] ?? '',
      channel: scene.emulate.channelId,
      messageId: asString(older?.['ts']),
      actionId: 'approve',
      value: `${id}.${digest}`,
    });
    await scene.expectReply('newest card');
  });

  test('an error that a person must fix is logged once with the fix, and shown in the state', async () => {
    scene.proxy.inject({
      method: 'chat.postMessage',
      times: Number.POSITIVE_INFINITY,
      fault: 'error',
      error: 'not_in_channel',
    });
    await ask('A');
    await ask('B');
    await until(
      'both to wait',
      async () => (await scene.services.slackOutbox.failing())[0]?.waiting === 2,
    );
    const deliveryErrors = scene.log.filter(({ level }) => level === 'error');
    expect(deliveryErrors).toHaveLength(1);
    expect(deliveryErrors[0]?.fields).toMatchObject({ code: 'not_in_channel' });
    expect(JSON.stringify(deliveryErrors)).toContain('/invite');
    expect(posts()).toHaveLength(1);
    expect(scene.slack.state()).toBe('degraded');
  });
});

test('a request made while Slack does not answer gets its card when Slack answers again', async () => {
  await opened({}, false);
  scene.proxy.inject({ method: 'auth.test', times: 2, fault: 'drop-before' });
  await scene.slack.start();
  const { id } = await ask();
  expect(scene.slack.state()).toBe('degraded');
  await scene.card(id);
  expect(scene.slack.state()).toBe('ok');
});

test('a request that was decided while Slack did not answer gets no card', async () => {
  await opened({}, false);
  const { id } = await ask();
  await denyByCli(id);
  await scene.slack.start();
  await everythingSent();
  expect(posts()).toEqual([]);
});

test('without a channel the request stays pending, and the log says what to set', async () => {
  await opened({ channel: 'none' });
  await ask();
  await until('an error in the log', () => JSON.stringify(scene.log).includes('SLACK_CHANNEL'));
  expect(posts()).toEqual([]);
});

test('a card whose place cannot be saved is deleted and posted again', async () => {
  let failures = 1;
  await opened({
    change: (parts) => ({
      ...parts,
      cards: {
        ...parts.cards,
        save: async (card) => {
          failures -= 1;
          if (failures >= 0) throw new Error('the database is away');
          await parts.cards.save(card);
        },
      },
    }),
  });
  const { id } = await ask();
  await everythingSent();
  expect(posts()).toHaveLength(2);
  const left = await scene.emulate.messages();
  expect(left).toHaveLength(1);
  expect(await scene.services.cards.find(id)).toMatchObject({ messageId: left[0]?.['ts'] });
});
