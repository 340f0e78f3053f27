/** Clicks and forms in Slack: each one gets an answer, and only an approver decides. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '../support/services.js';
import { asObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { picked, typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene, wordsOf } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;

beforeAll(async () => {
  scene = await openScene();
  await scene.services.policy();
  agent = await scene.services.agent();
  await scene.slack.start();
});
afterAll(() => scene.close());

const ask = (resource = `R${crypto.randomUUID().slice(0, 8)}`) =>
  scene.services.ask(agent.caller, { resources: [`vsecure://secrets/production/${resource}`] });
const find = async (id: Parameters<Scene['services']['store']['approvals']['find']>[0]) =>
  (await scene.services.store.approvals.find(id))?.status;

const WHY = { reason: { text: typed('Known incident') } };
const EMPTY = { reason: { text: typed(null) } };
const HALF_AN_HOUR = { duration: { choice: picked('1800000') } };
const decisions = async (id: string) =>
  (await scene.audit()).filter((event) => event.approval === id).map(({ type }) => type);

test('Slack is connected and healthy', () => {
  expect(scene.slack.teamId()).toBe(scene.emulate.teamId);
  expect(scene.slack.state()).toBe('ok');
});

test('an approver approves for less time than requested, and the card says so', async () => {
  const { id } = await ask();
  const form = await scene.openForm('alice', id, 'approve');
  expect(JSON.stringify(form)).toContain('Debugging the failing database connection');
  const { status, body } = await scene.submit('alice', form, { ...WHY, ...HALF_AN_HOUR });
  expect({ status, body }).toEqual({ status: 200, body: '' });

  const approval = await scene.services.store.approvals.find(id);
  expect(approval).toMatchObject({
    status: 'approved',
    granted: 1_800_000,
    decisionReason: 'Known incident',
  });
  const card = JSON.stringify(await scene.card(id, (text) => text.includes('Approved')));
  expect(card).toContain(`<@${scene.emulate.users['alice']}>`);
  expect(card).toContain('Known incident');
  expect(card).toContain('*Less than asked:* 30\u00a0min of 1\u00a0hour');
  expect(card).not.toContain('"action_id":"approve"');
  const vote = (await scene.audit()).find(
    (event) => event.approval === id && event.type === 'vote_cast',
  );
  expect(vote).toMatchObject({
    entryPoint: 'slack',
    actor: { name: 'alice@example.com' },
    details: { through: `slack ${scene.emulate.teamId}/${scene.emulate.users['alice']}` },
  });
});

test('a denial without a reason is refused at its field', async () => {
  const { id } = await ask();
  const form = await scene.openForm('alice', id, 'deny');
  const refused = await scene.submit('alice', form, EMPTY);
  expect(refused.body).toMatchObject({
    response_action: 'errors',
    errors: { reason: 'A reason is required.' },
  });
  expect(await find(id)).toBe('pending');
  // An empty field is a slip, not a decision that was refused.
  expect(await decisions(id)).not.toContain('decision_refused');
  await scene.submit('alice', form, WHY);
  expect(await find(id)).toBe('denied');
  await scene.card(id, (text) => text.includes('Denied') && text.includes('Known incident'));
});

test('an approval without a reason is refused when the policy requires one', async () => {
  const uri = 'vsecure://secrets/strict/*';
  await scene.services.policy({ requireDecisionReason: true }, uri);
  const { id } = await scene.services.ask(agent.caller, {
    resources: ['vsecure://secrets/strict/A'],
  });
  const form = await scene.openForm('alice', id, 'approve');
  const refused = await scene.submit('alice', form, { ...EMPTY, ...HALF_AN_HOUR });
  expect(refused.body).toMatchObject({
    response_action: 'errors',
    errors: { reason: 'A reason is required.' },
  });
  expect(await find(id)).toBe('pending');
  expect(await decisions(id)).not.toContain('decision_refused');
});

test('a forged field cannot extend the requested hour to two', async () => {
  const { id } = await ask();
  const form = await scene.openForm('alice', id, 'approve');
  for (const forged of ['7200000', '1', '-5', '1e9', 'NaN']) {
    const values = { ...EMPTY, duration: { choice: picked(forged) } };
    const { body } = await scene.submit('alice', form, values);
    expect(asObject(asObject(body)['errors'])).toHaveProperty('duration');
  }
  expect(await find(id)).toBe('pending');
});

test('two submissions of one form count once, and neither one reports a failure', async () => {
  const { id } = await ask();
  const form = await scene.openForm('alice', id, 'approve');
  const both = await Promise.all(
    [1, 2].map(() => scene.submit('alice', form, { ...EMPTY, ...HALF_AN_HOUR })),
  );
  expect(both.map(({ status, body }) => [status, body])).toEqual([
    [200, ''],
    [200, ''],
  ]);
  expect((await decisions(id)).filter((type) => type === 'approval_decided')).toHaveLength(1);
});

describe('a person who may not decide gets the reason at the first click, and with a form that another person opened', () => {
  /** `become` runs between the form and the click. */
  const refusedAs = async (user: string, words: string, become = () => {}) => {
    const { id } = await ask();
    const form = await scene.openForm('alice', id, 'approve');
    become();
    await scene.refusedClick(user, id, 'approve', words);
    const { body } = await scene.submit(user, form, { ...WHY, ...HALF_AN_HOUR });
    expect(wordsOf(body)).toContain(words);
    expect(await find(id)).toBe('pending');
    expect((await decisions(id)).filter((type) => type === 'decision_refused')).toHaveLength(2);
    return id;
  };

  test('the owner of the requesting key, who may deny it', async () => {
    const id = await refusedAs('bob', 'a key that you own');
    expect((await scene.openForm('bob', id, 'deny'))['callback_id']).toBe('deny_form');
  });

  test('a person who is not an approver, and the names of those who are', async () => {
    await scene.services.person('mallory@example.com');
    const id = await refusedAs('mallory', 'not one of the approvers');
    await scene.refusedClick('mallory', id, 'deny', 'Its approvers: alice@example.com');
  });

  test('a Slack account that is not linked', () => refusedAs('carol', 'not linked to a person'));

  test.each([
    ['a guest', { is_restricted: true }, 'Only full members'],
    ['a single-channel guest', { is_ultra_restricted: true }, 'Only full members'],
    ['an invited stranger', { is_stranger: true }, 'a different workspace'],
    ['a member of another workspace', { team_id: 'T0OTHER' }, 'a different workspace'],
    ['a deactivated user', { deleted: true }, 'deactivated'],
    ['a bot', { is_bot: true }, 'Only full members'],
    ['an unconfirmed address', { is_email_confirmed: false }, 'Only full members'],
  ])('%s who was an approver before', async (_, change, words) => {
    const alice = scene.emulate.users['alice'] ?? '';
    try {
      await refusedAs('alice', words, () => scene.proxy.inject(userBecomes(alice, change)));
    } finally {
      scene.proxy.clearFaults();
    }
  });

  /** What cannot be checked in time opens the form, which is checked when it is submitted. */
  test.each([
    ['answers with an error', { fault: 'status', status: 503 }],
    ['hangs', { fault: 'hang' }],
    ['limits the rate', { fault: 'rate-limited', retryAfterSeconds: 30 }],
  ] as const)('an approver while Slack %s', async (_, trouble) => {
    scene.proxy.inject({ method: 'users.info', times: Number.POSITIVE_INFINITY, ...trouble });
    try {
      const { id } = await ask();
      const form = await scene.openForm('alice', id, 'approve');
      const { body } = await scene.submit('alice', form, { ...WHY, ...HALF_AN_HOUR });
      expect(wordsOf(body)).toContain('cannot answer this safely');
      expect(await find(id)).toBe('pending');
    } finally {
      scene.proxy.clearFaults();
    }
  });
});

describe('a click after the decision', () => {
  test('opens the outcome instead of a form', async () => {
    const { id } = await ask();
    await scene.card(id);
    const message = await scene.card(id);
    const decider = await scene.services.decider('alice@example.com');
    unwrap(
      await scene.services.useCases.decide(decider, {
        approval: id,
        verdict: 'deny',
        reason: 'Not today',
      }),
    );
    const before = scene.proxy.callsOf('views.open').length;
    await scene.driver.click({
      user: scene.emulate.users['alice'] ?? '',
      channel: scene.emulate.channelId,
      messageId: String(message['ts']),
      actionId: 'approve',
      value: `${id}.${(await scene.services.store.approvals.find(id))?.digest}`,
    });
    const opened = JSON.stringify(
      await until('a modal', () => scene.proxy.callsOf('views.open')[before]?.body),
    );
    expect(opened).toContain('already denied');
    expect(opened).toContain('Not today');
  });

  test('shows who decided when the form is submitted after another decision', async () => {
    const { id } = await ask();
    const form = await scene.openForm('bob', id, 'deny');
    const decider = await scene.services.decider('alice@example.com');
    unwrap(await scene.services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
    const { body } = await scene.submit('bob', form, WHY);
    expect(wordsOf(body)).toContain('already approved');
    expect(wordsOf(body)).toContain(`<@${scene.emulate.users['alice']}>`);
    expect(await decisions(id)).toContain('decision_refused');
  });

  test('shows the form again after a change of the policy, and the updated card decides', async () => {
    const uri = 'vsecure://secrets/moving/*';
    await scene.services.policy({}, uri);
    const { id } = await scene.services.ask(agent.caller, {
      resources: ['vsecure://secrets/moving/A'],
    });
    const form = await scene.openForm('alice', id, 'approve');
    await scene.services.policy({ maxDuration: 1_800_000, defaultDuration: 1_800_000 }, uri);
    const { body } = await scene.submit('alice', form, { ...EMPTY, ...HALF_AN_HOUR });
    expect(wordsOf(body)).toContain('policy changed');
    expect(await find(id)).toBe('pending');

    const digest = (await scene.services.store.approvals.find(id))?.digest ?? '';
    await scene.card(id, (text) => text.includes(digest));
    const again = await scene.openForm('alice', id, 'approve');
    await scene.submit('alice', again, { ...EMPTY, ...HALF_AN_HOUR });
    expect(await find(id)).toBe('approved');
  });
});

test('the details show the agent’s full text', async () => {
  const reason = `Debugging ${'a very long story '.repeat(60)}until its end`;
  const { id } = await scene.services.ask(agent.caller, {
    resources: ['vsecure://secrets/production/STORY'],
    reason,
  });
  expect(JSON.stringify(await scene.card(id))).not.toContain('until its end');
  expect(JSON.stringify(await scene.openForm('carol', id, 'details'))).toContain('until its end');
});

describe('a forged button is refused', () => {
  const forge = async (changes: { channel?: string; messageId?: string; value?: string }) => {
    const { id, digest } = await ask();
    const card = await scene.card(id);
    const before = scene.proxy.callsOf('views.open').length;
    await scene.driver.click({
      user: scene.emulate.users['alice'] ?? '',
      channel: scene.emulate.channelId,
      messageId: String(card['ts']),
      actionId: 'approve',
      value: `${id}.${digest}`,
      ...changes,
    });
    await scene.expectReply('does not recognize this card');
    expect(scene.proxy.callsOf('views.open')).toHaveLength(before);
  };

  test('on a message that vsecure did not post', () => forge({ messageId: '1700000000.000100' }));
  test('in another channel', () => forge({ channel: 'C0OTHER' }));
  test('with the value of another card', async () => {
    const other = await ask();
    await forge({ value: `${other.id}.${other.digest}` });
  });
  test('with a value that vsecure never wrote', () => forge({ value: '{"id":1}' }));
});

test('an unknown button is acknowledged and explained', async () => {
  const { status, ms } = await scene.driver.click({
    user: scene.emulate.users['alice'] ?? '',
    channel: scene.emulate.channelId,
    messageId: '1.1',
    actionId: 'from_version_zero',
  });
  expect(status).toBe(200);
  expect(ms).toBeLessThan(2000);
  await scene.expectReply('older version');
});

test('an unknown form is answered in its place', async () => {
  const { status, body } = await scene.driver.submitView({
    user: scene.emulate.users['alice'] ?? '',
    callbackId: 'from_version_zero',
    privateMetadata: '',
    values: {},
  });
  expect(status).toBe(200);
  expect(wordsOf(body)).toContain('older version');
});

test('a form with forged metadata decides nothing', async () => {
  const { id } = await ask();
  for (const privateMetadata of ['', '{', '{}', JSON.stringify({ approval: id }), `"${id}"`]) {
    const { body } = await scene.driver.submitView({
      user: scene.emulate.users['alice'] ?? '',
      callbackId: 'approve_form',
      privateMetadata,
      values: { ...EMPTY, ...HALF_AN_HOUR },
    });
    expect(wordsOf(body)).toContain('cannot read this form');
  }
  expect(await find(id)).toBe('pending');
});

test('/vsecure whoami identifies the user, and an unknown command gets help', async () => {
  const type = (text: string) =>
    scene.driver.command({
      user: scene.emulate.users['alice'] ?? '',
      channel: scene.emulate.channelId,
      text,
    });
  await type('whoami');
  await scene.expectReply('You are alice@example.com (member)');
  await type('sing <!channel>');
  await scene.expectReply('/vsecure sing is not a command.');
  await type('');
  await scene.expectReply('/vsecure whoami');
  expect(scene.sink.bodies.every((body) => body['response_type'] === 'ephemeral')).toBe(true);
});

describe('a user of another workspace', () => {
  const foreign = [
    ['names itself', { team: 'T0NAMED' }],
    ['is the home of the user', { userTeam: 'T0HOME' }],
  ] as const;

  test.each(foreign)('%s: the click is refused, explained and audited', async (_, forgery) => {
    const { id, digest } = await ask();
    const card = await scene.card(id);
    const before = scene.proxy.callsOf('views.open').length;
    const { status } = await scene.driver.click({
      user: 'U0STRANGER',
      channel: scene.emulate.channelId,
      messageId: String(card['ts']),
      actionId: 'approve',
      value: `${id}.${digest}`,
      ...forgery,
    });
    expect(status).toBe(200);
    const record = await until('a record', async () =>
      (await scene.audit()).find(
        ({ actor }) => actor.id === `${Object.values(forgery)[0]}/U0STRANGER`,
      ),
    );
    await scene.expectReply('a different workspace');
    expect(scene.proxy.callsOf('views.open')).toHaveLength(before);
    expect(record).toMatchObject({ type: 'foreign_request', refusal: 'foreign_team' });
    // The stored word is older than the source's.
    expect(record?.details).toEqual({ what: 'press' });
  });

  test.each(foreign)('%s: the form decides nothing', async (_, forgery) => {
    const { id } = await ask();
    const form = await scene.openForm('alice', id, 'approve');
    const { body } = await scene.submit('alice', form, { ...EMPTY, ...HALF_AN_HOUR }, forgery);
    expect(wordsOf(body)).toContain('a different workspace');
    expect(await find(id)).toBe('pending');
  });

  test('gets an explanation for a command', async () => {
    const { status } = await scene.driver.command({
      user: 'U0STRANGER',
      channel: 'C0',
      text: 'whoami',
      team: 'T0FOREIGN',
    });
    expect(status).toBe(200);
    await scene.expectReply('a different workspace');
  });
});

test('every message to Slack is within its limits, unfurls nothing and causes no log line', () => {
  expect(scene.lint()).toEqual([]);
  const posts = scene.proxy.callsOf('chat.postMessage');
  expect(posts.length).toBeGreaterThan(0);
  for (const { body } of posts)
    expect([body['unfurl_links'], body['unfurl_media'], body['parse'], body['link_names']]).toEqual(
      ['false', 'false', 'none', 'false'],
    );
  expect(JSON.stringify(scene.log)).not.toMatch(/Debugging|incident|trigger|respond\//);
});
