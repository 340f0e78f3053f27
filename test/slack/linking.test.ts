/** `/vsecure link`: a person types the code from their own command line, and their Slack account is linked. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { unwrap } from '../support/services.js';
import { asObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let code: string;
let count = 0;
beforeAll(async () => {
  scene = await openScene({ linkByEmail: false });
  await scene.slack.start();
});
afterAll(() => scene.close());
afterEach(() => scene.proxy.clearFaults());
beforeEach(async () => {
  count += 1;
  const { caller } = await scene.services.human(`person${count}@example.com`);
  code = unwrap(await scene.services.useCases.createLinkCode(caller)).code;
});

const idOf = (user: string) => scene.emulate.users[user] ?? user;
const type = (user: string, text: string, forgery = {}) =>
  scene.driver.command({ user: idOf(user), channel: scene.emulate.channelId, text, ...forgery });
const slackOf = async () =>
  (await scene.services.store.people.byEmail(`person${count}@example.com`))?.slack;

test('the account that types the code is linked, and only its owner sees the answer', async () => {
  await type('alice', `link ${code}`);
  await scene.expectReply('This Slack account is now linked to person1@example.com.');
  const { teamId } = scene.emulate;
  expect(await slackOf()).toEqual([{ teamId, userId: idOf('alice') }]);
  expect(scene.sink.bodies.every((body) => asObject(body)['response_type'] === 'ephemeral')).toBe(
    true,
  );
  await type('alice', 'whoami');
  await scene.expectReply('You are person1@example.com');
});

test('a linked account stays with its person', async () => {
  await type('alice', `link ${code}`);
  await scene.expectReply('is already linked');
  expect(await slackOf()).toEqual([]);
});

test.each([
  ['a guest', { is_restricted: true }, 'Only full members'],
  ['a single-channel guest', { is_ultra_restricted: true }, 'Only full members'],
  ['a bot', { is_bot: true }, 'Only full members'],
  [
    'a person of another company',
    { is_stranger: true, team_id: 'T0OTHER' },
    'a different workspace',
  ],
])('%s is not linked, and the answer says why', async (_, change, words) => {
  scene.proxy.inject(userBecomes(idOf('carol'), change));
  await type('carol', `link ${code}`);
  await scene.expectReply(words);
  expect(await slackOf()).toEqual([]);
});

test('a payload from another workspace links no account', async () => {
  await type('bob', `link ${code}`, { team: 'T0OTHER' });
  await scene.expectReply('a different workspace');
  expect(await slackOf()).toEqual([]);
});

test('a wrong code is explained, and too many wrong codes are refused', async () => {
  await type('mallory', 'link');
  await scene.expectReply('vsecure people:code');
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await type('mallory', `link link_wrong${wrong}`);
    await scene.expectReply('wrong, already used');
  }
  await type('mallory', `link ${code}`);
  await scene.expectReply('Too many wrong codes');
  expect(await slackOf()).toEqual([]);
  const refused = (await scene.audit()).filter(({ type }) => type === 'slack_link_refused');
  expect(refused.filter(({ refusal }) => refusal === 'invalid_code')).toHaveLength(5);
});

test('a person without a linked account learns how to link it', async () => {
  await type('dora', 'whoami');
  await scene.expectReply('vsecure people:code');
});

test('no code is in the log', () => {
  expect(JSON.stringify(scene.log)).not.toContain('link_');
});
