/** *Not me* in Slack: the owner or an administrator suspends the key with it; a click by another person is refused and audited. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refusalOf, unwrap } from '../support/services.js';
import type { JsonObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { until } from '../support/until.js';
import { idOf, type OwnersScene, openOwnersScene, textOf } from './owners.js';

let scene: OwnersScene;
let agent: Awaited<ReturnType<OwnersScene['services']['agent']>>;
let message: JsonObject;
let count = 0;
beforeAll(async () => {
  scene = await openOwnersScene();
  await scene.slack.start();
});
afterAll(() => scene.close());
afterEach(() => scene.proxy.clearFaults());
beforeEach(async () => {
  count += 1;
  agent = await scene.services.agent(`agent-${count}`);
  const { id } = await scene.services.ask(agent.caller);
  message = await scene.direct(id);
});

const name = () => agent.caller.principal.name;
const works = async () => (await scene.services.useCases.authenticate(agent.token)).ok;
const records = async (type: string) =>
  (await scene.audit()).filter(
    (event) => event.type === type && event.principal === agent.caller.principal.id,
  );

test('the owner suspends the key: its requests and grants end, the card says so, and the owner is notified', async () => {
  const { approval } = { approval: (await pending())[0] };
  await scene.clickNotMe(message, 'bob');
  await scene.expectReply(
    `The key ${name()} is suspended. Grants ended: 0; requests withdrawn: 1.`,
  );
  expect(refusalOf(await scene.services.useCases.authenticate(agent.token))).toBe('key_suspended');
  expect(await records('key_suspended')).toMatchObject([
    {
      actor: { name: 'bob@example.com' },
      details: { through: `slack ${scene.emulate.teamId}/${idOf(scene, 'bob')}`, requests: 1 },
    },
  ]);
  if (!approval) throw new Error('there was a request');
  await scene.card(approval.id, (text) => text.includes('Withdrawn'));
  const alarm = textOf(await scene.direct(`The API key \`${name()}\` of`));
  expect(alarm).toContain(`<@${idOf(scene, 'bob')}>`);
  expect(alarm).toContain(`vsecure keys:resume ${name()}`);
  expect(alarm).not.toContain('not_me');
});

const pending = async () => {
  const filter = { principal: agent.caller.principal.id, status: 'pending' } as const;
  return (await scene.services.store.approvals.list(filter, { limit: 9 })).items;
};

test('a second or simultaneous click on Not me answers that the key is already suspended', async () => {
  await Promise.all([scene.clickNotMe(message, 'bob'), scene.clickNotMe(message, 'bob')]);
  await scene.expectReply(`The key ${name()} is suspended. `);
  await scene.expectReply(`The key ${name()} is already suspended`);
  expect(await records('key_suspended')).toHaveLength(1);
});

test('a later message about a suspended key has no Not me button', async () => {
  const { id } = await scene.services.ask(agent.caller, {
    resources: ['vsecure://secrets/production/LATER'],
  });
  await scene.direct(id);
  await scene.clickNotMe(message, 'bob');
  await scene.expectReply(`The key ${name()} is suspended`);
  await scene.notify('settled', 1, name());
  const later = await scene.direct('has the outcome of its request');
  expect(textOf(later)).toContain('This key is suspended.');
  expect(textOf(later)).not.toContain('"action_id":"not_me"');
});

test('an administrator may click Not me, too', async () => {
  const { managePeople } = scene.services.useCases;
  unwrap(
    await managePeople.set(scene.services.admin, { email: 'alice@example.com', role: 'admin' }),
  );
  await scene.clickNotMe(message, 'alice');
  await scene.expectReply(`The key ${name()} is suspended`);
  expect(await works()).toBe(false);
  unwrap(
    await managePeople.set(scene.services.admin, { email: 'alice@example.com', role: 'member' }),
  );
});

describe('Not me suspends nothing', () => {
  const refused = async (user: string, words: string, refusal: string) => {
    await scene.clickNotMe(message, user);
    await scene.expectReply(words);
    expect(await works()).toBe(true);
    const record = await until('a record', async () => (await records('suspension_refused'))[0]);
    expect(record).toMatchObject({ refusal });
  };

  test('for an approver', () =>
    refused('alice', 'This needs the owner of this key, or an administrator', 'not_allowed'));
  test('for another known person', () =>
    refused('mallory', 'This needs the owner of this key, or an administrator', 'not_allowed'));
  test('for a Slack account that is not linked', () =>
    refused('carol', 'not linked to a person', 'unknown_person'));

  test.each([
    ['a guest', { is_restricted: true }, 'Only full members', 'unverified_account'],
    ['a bot', { is_bot: true }, 'Only full members', 'unverified_account'],
    ['a deactivated user', { deleted: true }, 'deactivated', 'person_inactive'],
    [
      'a member of another workspace',
      { team_id: 'T0OTHER' },
      'a different workspace',
      'foreign_team',
    ],
  ])('for the owner’s account when Slack says it is of %s', async (_, change, words, refusal) => {
    scene.proxy.inject(userBecomes(idOf(scene, 'bob'), change));
    await refused('bob', words, refusal);
  });

  test('while Slack does not identify the user, and the answer names the command', async () => {
    scene.proxy.inject({ method: 'users.info', fault: 'status', status: 503 });
    await scene.clickNotMe(message, 'bob');
    await scene.expectReply('vsecure keys:suspend');
    expect(await works()).toBe(true);
    expect(await records('suspension_refused')).toEqual([]);
  });

  test.each(['', 'prin_', 'prin_0123456789012345678901', '{}', 'appr_0123456789012345678901'])(
    'with the forged value "%s"',
    async (value) => {
      await scene.clickNotMe(message, 'bob', { value });
      await scene.expectReply(
        value.length === 27 && value.startsWith('prin') ? 'Not found' : 'keys:suspend',
      );
      expect(await works()).toBe(true);
    },
  );

  test('for the owner of another key with this key’s value', async () => {
    await scene.services.agent(`mallory-${count}`, 'mallory@example.com');
    await refused('mallory', 'This needs the owner', 'not_allowed');
  });
});

test('every message to Slack is within its limits', () => {
  expect(scene.lint()).toEqual([]);
});
