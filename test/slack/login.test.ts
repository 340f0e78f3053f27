/** `/vsecure login`: a person sees which terminal it is, and confirms it or does not. */

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BegunLogin } from '../../src/usecases/authorization/login.js';
import { refusalOf, unwrap } from '../support/services.js';
import { findAction } from '../support/slack/card.js';
import type { JsonObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { type Asking, createAsking, wordsIn } from './asking.js';
import { openScene, type Scene } from './scene.js';

const DEVICE = '<!channel> *ana*@laptop https://evil.example';

let scene: Scene;
let asking: Asking;
let begun: BegunLogin;
beforeAll(async () => {
  scene = await openScene();
  asking = createAsking(scene);
  await scene.slack.start();
  for (const name of ['alice', 'bob', 'carol', 'mallory'])
    await scene.services.person(`${name}@example.com`);
});
afterAll(() => scene.close());
afterEach(() => {
  scene.proxy.clearFaults();
  expect(asking.problems()).toEqual([]);
});
beforeEach(async () => {
  begun = unwrap(await scene.services.useCases.login.begin(DEVICE, '192.0.2.7'));
});

const type = (user: string, forgery = {}) =>
  asking.command(user, `login ${begun.code.toLowerCase()}`, forgery);
const click = (user: string, answer: JsonObject) => asking.click(user, answer, 'confirm_login');
const taken = () => scene.services.useCases.login.take(begun.id, begun.secret);
const ownerOf = async () => {
  const done = unwrap(await taken());
  return done === 'waiting' ? done : done.owner.email;
};

test('the person sees the terminal as plain text with a warning, and the button confirms it', async () => {
  const answer = await type('alice');
  const words = wordsIn(answer);
  expect(words).toContain('Log in a terminal as alice@example.com?');
  expect(words).toContain('Device (self-reported): <!channel> *ana*@laptop hxxps[:]//evil.example');
  expect(words).toContain('192.0.2.7');
  expect(words).toContain('your own terminal shows this code');
  expect(words).not.toContain('mrkdwn');
  expect(unwrap(await taken())).toBe('waiting');
  const done = await click('alice', answer);
  expect(wordsIn(done)).toContain('Confirmed');
  expect(done['replace_original']).toBe(true);
  expect(await ownerOf()).toBe('alice@example.com');
});

test('a second confirmation, of the same person or another, changes nothing', async () => {
  const [mine, theirs] = [await type('alice'), await type('bob')];
  await click('alice', mine);
  for (const [user, answer] of [
    ['alice', mine],
    ['bob', theirs],
  ] as const)
    expect(wordsIn(await click(user, answer))).toContain('wrong, already used');
  expect(wordsIn(await type('bob'))).toContain('wrong, already used');
  expect(await ownerOf()).toBe('alice@example.com');
});

test.each([
  ['a guest', { is_restricted: true }, 'Only full members'],
  ['a bot', { is_bot: true }, 'Only full members'],
  [
    'a person of another company',
    { is_stranger: true, team_id: 'T0OTHER' },
    'a different workspace',
  ],
  ['a deactivated person', { deleted: true }, 'deactivated'],
])('%s sees nothing and confirms nothing', async (_, change, words) => {
  const earlier = await type('carol');
  scene.proxy.inject(userBecomes(scene.emulate.users['carol'] ?? '', change));
  const answer = await type('carol');
  expect(wordsIn(answer)).toContain(words);
  expect(findAction(answer, 'confirm_login')).toBeUndefined();
  expect(wordsIn(await click('carol', earlier))).toContain(words);
  expect(unwrap(await taken())).toBe('waiting');
});

test('an account that is not linked learns how to be linked', async () => {
  expect(wordsIn(await type('dora'))).toContain('not linked to a person');
});

test('an unknown button confirms nothing', async () => {
  const answer = await type('alice');
  const reply = await asking.click('alice', answer, 'confirm_login', 'appr_0123456789ABCDEFGHIJKL');
  expect(wordsIn(reply)).toContain('does not recognize this button');
  expect(unwrap(await taken())).toBe('waiting');
});

test('a wrong code is explained, and too many wrong codes are refused', async () => {
  expect(wordsIn(await asking.command('mallory', 'login'))).toContain('login WDJB-MJHT');
  for (let wrong = 0; wrong < 5; wrong += 1)
    expect(wordsIn(await asking.command('mallory', `login BBBB-BBB${wrong}`))).toContain(
      'or vsecure login',
    );
  expect(wordsIn(await type('mallory'))).toContain('Too many wrong codes');
  expect(refusalOf(await scene.services.useCases.login.take(begun.id, 'wrong'))).toBe(
    'invalid_code',
  );
});

test('no code, secret or token is in the log', () => {
  const log = JSON.stringify(scene.log);
  for (const part of [begun.code, begun.secret, 'vsk_h_']) expect(log).not.toContain(part);
});
