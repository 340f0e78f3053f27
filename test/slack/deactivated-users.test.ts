/** Deactivated users are found by an event at once, and by a lookup within half a minute. No answer from Slack means no change. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFindDeactivatedUsers } from '../../src/slack/client/deactivated-users.js';
import { createWebClients } from '../../src/slack/client/web-clients.js';
import { unwrap } from '../support/services.js';
import { asObject, type JsonObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { until } from '../support/until.js';
import { idOf, type OwnersScene, openOwnersScene } from './owners.js';

let scene: OwnersScene;
let count = 0;
let bobs: Awaited<ReturnType<OwnersScene['services']['agent']>>;
beforeAll(async () => {
  scene = await openOwnersScene();
  await scene.services.agent();
  await scene.slack.start();
});
afterAll(() => scene.close());
beforeEach(async () => {
  const back = { email: 'bob@example.com', active: true };
  unwrap(await scene.services.useCases.managePeople.set(scene.services.admin, back));
  // A key that a deactivation has revoked never works again.
  count += 1;
  bobs = await scene.services.agent(`agent-${count}`);
});
afterEach(() => scene.proxy.clearFaults());

const works = async () => (await scene.services.useCases.authenticate(bobs.token)).ok;
const leaves = (user: string) =>
  scene.proxy.inject(userBecomes(idOf(scene, user), { deleted: true }));
const all = () => scene.services.useCases.stopDeactivatedUsers.all();

/** The event as Slack sends it, by default signed and of our workspace. */
const changed = (user: JsonObject, forgery = {}) =>
  scene.driver.event({ type: 'user_change', user, cache_ts: 1 }, forgery);

describe('a lookup', () => {
  test('finds a deactivated user, and the user’s keys stop working', async () => {
    expect(await all()).toBe(0);
    leaves('bob');
    expect(await all()).toBe(1);
    expect(await works()).toBe(false);
  });

  test.each([
    ['hangs', { fault: 'drop-after' }],
    ['fails', { fault: 'status', status: 503 }],
    ['limits the rate', { fault: 'rate-limited', retryAfterSeconds: 60 }],
    ['has revoked the token', { fault: 'error', error: 'token_revoked' }],
    ['answers nonsense', { fault: 'json', json: { ok: true, user: { deleted: true } } }],
    [
      'answers about another account',
      { fault: 'json', json: { ok: true, user: { id: 'U0OTHER', deleted: true } } },
    ],
    ['does not know the account', { fault: 'error', error: 'user_not_found' }],
  ] as const)('stops no keys when Slack %s', async (_, trouble) => {
    scene.proxy.inject({ method: 'users.info', times: Number.POSITIVE_INFINITY, ...trouble });
    expect(await all()).toBe(0);
    expect(await works()).toBe(true);
  });

  test('of an account that Slack does not know does not end the lookup of the others', async () => {
    const fault = { fault: 'error', error: 'user_not_found' } as const;
    const unknown = idOf(scene, 'alice');
    scene.proxy.inject({ method: 'users.info', when: ({ user }) => user === unknown, ...fault });
    leaves('bob');
    await all();
    expect(await works()).toBe(false);
  });

  test('does not take a guest for a deactivated user', async () => {
    scene.proxy.inject(userBecomes(idOf(scene, 'bob'), { is_restricted: true }));
    expect(await all()).toBe(0);
    expect(await works()).toBe(true);
  });
});

describe('a lookup of many accounts', () => {
  const find = () => {
    const { botToken } = scene.emulate;
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const { deactivatedUsers } = createWebClients({ botToken, apiUrl: scene.proxy.apiUrl }, log);
    return createFindDeactivatedUsers(deactivatedUsers, log);
  };
  const many = Array.from({ length: 21 }, (_, index) => `U0MANY${index}`);

  /** The workspace in pages of one account each. */
  const listing = (pages: number, gone: readonly number[]) => {
    for (let page = 0; page < pages; page += 1)
      scene.proxy.inject({
        method: 'users.list',
        times: Number.POSITIVE_INFINITY,
        when: ({ cursor }) => Number(cursor ?? 0) === page,
        fault: 'json',
        json: {
          ok: true,
          members: [{ id: `U0MANY${page}`, deleted: gone.includes(page) }],
          response_metadata: { next_cursor: page + 1 < pages ? String(page + 1) : '' },
        },
      });
  };

  test('lists the whole workspace instead, so that no click has to wait', async () => {
    const before = scene.proxy.callsOf('users.info').length;
    listing(3, [1, 2]);
    expect(await find()(many)).toEqual(['U0MANY1', 'U0MANY2']);
    expect(scene.proxy.callsOf('users.info')).toHaveLength(before);
  });

  test('continues a workspace that is too large for one run in the next run', async () => {
    listing(12, [2, 10]);
    const found = find();
    expect(await found(many)).toEqual(['U0MANY2']);
    expect(await found(many)).toEqual(['U0MANY10']);
    expect(await found(many)).toEqual(['U0MANY2']);
  });

  test('returns no other account of the workspace', async () => {
    listing(
      30,
      Array.from({ length: 30 }, (_, index) => index),
    );
    const found = find();
    const rounds = [await found(many), await found(many), await found(many), await found(many)];
    expect(rounds.flat().sort()).toEqual([...many].sort());
  });

  test('starts again from the beginning after Slack failed in the middle', async () => {
    const found = find();
    listing(2, [0, 1]);
    expect(await found(many)).toHaveLength(2);
    scene.proxy.clearFaults();
    scene.proxy.inject({ method: 'users.list', fault: 'status', status: 503 });
    expect(await found(many)).toEqual([]);
    scene.proxy.clearFaults();
    listing(2, [0, 1]);
    expect(await found(many)).toHaveLength(2);
  });

  test('understands the answer of a real workspace', async () => {
    expect(await find()([...many, idOf(scene, 'bob')])).toEqual([]);
    const { response } = scene.proxy.callsOf('users.list').at(-1) ?? {};
    expect(JSON.stringify(asObject(response)['members'])).toContain(idOf(scene, 'bob'));
  });
});

describe('an event', () => {
  test('stops the keys of a deactivated user at once', async () => {
    leaves('bob');
    expect((await changed({ id: idOf(scene, 'bob'), deleted: true })).status).toBe(200);
    await until('the key to stop', async () => !(await works()));
  });

  test('stops no keys for another change, or for an account of another workspace', async () => {
    const bob = { id: idOf(scene, 'bob') };
    await changed({ ...bob, deleted: false, is_restricted: true });
    leaves('bob');
    await changed({ ...bob, deleted: true }, { team: 'T0OTHER' });
    await changed({ id: 7, deleted: true });
    // Events are handled in order: when this one has stopped a key, the others have been handled.
    scene.proxy.inject(userBecomes(idOf(scene, 'mallory'), { deleted: true }));
    await changed({ id: idOf(scene, 'mallory'), deleted: true });
    const mallory = async () =>
      (await scene.services.store.people.byEmail('mallory@example.com'))?.active;
    await until('the last one', async () => (await mallory()) === false);
    expect(await works()).toBe(true);
  });

  test('that comes late stops no keys of a person who is active again', async () => {
    const before = scene.proxy.callsOf('users.info').length;
    await changed({ id: idOf(scene, 'bob'), deleted: true });
    await until('Slack to answer', () => scene.proxy.callsOf('users.info')[before]?.response);
    await scene.services.useCases.stopDeactivatedUsers.one(idOf(scene, 'bob'));
    expect(await works()).toBe(true);
  });
});
