/** Access is revoked in Slack: by a person with the right to, with a reason, from a card, a view or the Home. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Grant } from '../../src/domain/grant.js';
import { refusalOf, unwrap } from '../support/services.js';
import { asObject, asString, type JsonObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene, wordsOf } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;

const RESOURCE = 'vsecure://secrets/production/DATABASE_URL';
const WHY = { reason: { text: typed('The incident is over') } };
const EMPTY = { reason: { text: typed(null) } };

beforeAll(async () => {
  scene = await openScene();
  await scene.services.policy();
  await scene.services.secret();
  agent = await scene.services.agent();
  await scene.services.person('mallory@example.com');
  await scene.services.person('carol@example.com');
  const administrator = { email: 'carol@example.com', role: 'admin' } as const;
  unwrap(await scene.services.useCases.managePeople.set(scene.services.admin, administrator));
  await scene.slack.start();
});
afterAll(() => scene.close());

/** An approved request with its card and its grant. */
async function approved() {
  const asked = await scene.services.ask(agent.caller, { resources: [RESOURCE], renew: true });
  await scene.card(asked.id);
  const alice = await scene.services.decider('alice@example.com');
  unwrap(await scene.services.useCases.decide(alice, { approval: asked.id, verdict: 'approve' }));
  await scene.card(asked.id, (text) => text.includes('"action_id":"revoke"'));
  const grant = await scene.services.store.grants.ofApproval(asked.id);
  if (!grant) throw new Error('an approval without a grant');
  return { id: asked.id, grant };
}
type Asked = Awaited<ReturnType<typeof approved>>;

const opened = (method: 'views.open' | 'views.push', before: number) =>
  until('a view', () => {
    const call = scene.proxy.callsOf(method)[before];
    return call && asObject(call.body['view']);
  });

async function openRevoke(user: string, { id }: Asked): Promise<JsonObject> {
  const before = scene.proxy.callsOf('views.open').length;
  await scene.click(user, id, 'revoke');
  return opened('views.open', before);
}

const submit = async (user: string, form: JsonObject, values = WHY, viewId = 'V0DRIVER') => {
  const { body } = await scene.driver.submitView({
    user: scene.emulate.users[user] ?? user,
    callbackId: asString(form['callback_id']),
    privateMetadata: asString(form['private_metadata']),
    values,
    viewId,
  });
  return body;
};
const statusOf = async ({ grant }: Asked) =>
  (await scene.services.store.grants.find(grant.id))?.status;
const revoke = async (asked: Asked, email = 'alice@example.com') =>
  unwrap(
    await scene.services.useCases.revokeGrant(
      await scene.services.person(email),
      asked.grant.id,
      'Not needed any more',
    ),
  );

test('an approver revokes on the card: the next read is refused, and the card says who, when and why', async () => {
  const asked = await approved();
  unwrap(await scene.services.useCases.readSecret(agent.caller, { resource: RESOURCE }));
  const form = await openRevoke('alice', asked);
  const words = JSON.stringify(form);
  expect(words).toContain('the next use is refused');
  expect(words).toContain('Used once so far.');
  expect(wordsOf(await submit('alice', form))).toContain('The access has ended');
  expect(await statusOf(asked)).toBe('revoked');
  const read = await scene.services.useCases.readSecret(agent.caller, { resource: RESOURCE });
  expect(refusalOf(read)).toBe('grant_ended');
  const card = JSON.stringify(await scene.card(asked.id, (text) => text.includes('Revoked')));
  expect(card).toContain('The incident is over');
  expect(card).not.toContain('"action_id":"revoke"');
});

test.each([
  ['the owner of the key', 'bob'],
  ['an administrator', 'carol'],
])('%s can revoke access, too', async (_, user) => {
  const asked = await approved();
  expect(wordsOf(await submit(user, await openRevoke(user, asked)))).toContain('has ended');
  expect(await statusOf(asked)).toBe('revoked');
});

describe('a person who may not revoke gets the reason, and the attempt is audited', () => {
  const refused = async (asked: Asked) =>
    (await scene.audit()).filter(
      ({ approval, type }) => approval === asked.id && type === 'decision_refused',
    );

  test('a person who is neither approver nor owner', async () => {
    const asked = await approved();
    const form = await openRevoke('alice', asked);
    const words = 'Only an approver of these resources, the owner of the key';
    await scene.refusedClick('mallory', asked.id, 'revoke', words);
    expect(wordsOf(await submit('mallory', form))).toContain(words);
    expect(await statusOf(asked)).toBe('active');
    expect(await refused(asked)).toMatchObject([
      {
        refusal: 'not_allowed',
        actor: { name: 'mallory@example.com' },
        details: { verdict: 'revoke' },
      },
      { refusal: 'not_allowed' },
    ]);
  });

  test('a guest who was an approver before', async () => {
    const asked = await approved();
    const form = await openRevoke('alice', asked);
    scene.proxy.inject(userBecomes(scene.emulate.users['alice'] ?? '', { is_restricted: true }));
    try {
      await scene.refusedClick('alice', asked.id, 'revoke', 'Only full members');
      expect(wordsOf(await submit('alice', form))).toContain('Only full members');
    } finally {
      scene.proxy.clearFaults();
    }
    expect(await statusOf(asked)).toBe('active');
    expect(await refused(asked)).toMatchObject([
      { refusal: 'unverified_account' },
      { refusal: 'unverified_account' },
    ]);
  });
});

test('a revocation without a reason is refused at its field', async () => {
  const asked = await approved();
  const form = await openRevoke('alice', asked);
  expect(await submit('alice', form, EMPTY)).toMatchObject({
    errors: { reason: 'A reason is required.' },
  });
  expect(await statusOf(asked)).toBe('active');
});

test('the form says so when the access ended before it opened or while it was open', async () => {
  const asked = await approved();
  const form = await openRevoke('alice', asked);
  await revoke(asked, 'bob@example.com');
  expect(wordsOf(await submit('alice', form))).toContain('already revoked');

  const second = await approved();
  const card = await scene.card(second.id);
  await revoke(second);
  const before = scene.proxy.callsOf('views.open').length;
  await scene.driver.click({
    user: scene.emulate.users['alice'] ?? '',
    channel: scene.emulate.channelId,
    messageId: asString(card['ts']),
    actionId: 'revoke',
    value: second.grant.id,
  });
  const notice = JSON.stringify(await opened('views.open', before));
  expect(notice).toContain('already revoked');
  expect(notice).toContain('Not needed any more');
});

describe('a revoke button outside a card', () => {
  const clickIn = async (type: 'home' | 'modal', grant: Grant['id']) => {
    const user = scene.emulate.users['alice'] ?? '';
    await scene.driver.clickInView({
      user,
      actionId: 'revoke',
      value: grant,
      view: { id: 'V1', type, callback_id: '', app_installed_team_id: scene.emulate.teamId },
    });
  };

  test('in the App Home opens the form', async () => {
    const asked = await approved();
    const before = scene.proxy.callsOf('views.open').length;
    await clickIn('home', asked.grant.id);
    const form = await opened('views.open', before);
    expect(wordsOf(await submit('alice', form))).toContain('The access has ended');
    expect(await statusOf(asked)).toBe('revoked');
  });

  test('in a modal opens the form on top of it', async () => {
    const asked = await approved();
    const before = scene.proxy.callsOf('views.push').length;
    await clickIn('modal', asked.grant.id);
    const form = await opened('views.push', before);
    expect(form['callback_id']).toBe('revoke_form');
  });

  test.each(['grnt_0123456789ABCDEFGHIJKL', 'grnt_', '{}'])(
    'with the value "%s" that we never wrote opens nothing of ours',
    async (value) => {
      const before = scene.proxy.callsOf('views.open').length;
      await clickIn('home', value as Grant['id']);
      const notice = await opened('views.open', before);
      expect(JSON.stringify(notice)).toContain('does not recognize this card');
    },
  );

  test('on a message that does not show this access opens nothing', async () => {
    const [asked, other] = [await approved(), await approved()];
    const card = await scene.card(other.id);
    await scene.driver.click({
      user: scene.emulate.users['alice'] ?? '',
      channel: scene.emulate.channelId,
      messageId: asString(card['ts']),
      actionId: 'revoke',
      value: asked.grant.id,
    });
    await scene.expectReply('does not recognize this card');
  });
});

test('a form with forged metadata revokes nothing', async () => {
  for (const privateMetadata of ['', '{}', 'grnt_', 'appr_0123456789ABCDEFGHIJKL']) {
    const form = { callback_id: 'revoke_form', private_metadata: privateMetadata };
    expect(wordsOf(await submit('alice', form))).toContain('cannot read this form');
  }
});
