/** What Slack says about an account: every doubt means that the account may not act. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDirectory } from '../../src/slack/client/directory.js';
import { createWebClients } from '../../src/slack/client/web-clients.js';
import { type Emulate, startEmulate } from '../support/slack/emulate.js';
import { type FaultProxy, startFaultProxy } from '../support/slack/fault-proxy.js';
import { asObject, type JsonObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';

let emulate: Emulate;
let proxy: FaultProxy;
let alice: string;
const log: string[] = [];
const logger = {
  info: () => {},
  warn: (fields: object) => void log.push(JSON.stringify(fields)),
  error: () => {},
};

beforeAll(async () => {
  emulate = await startEmulate({ users: ['alice'], channel: 'approvals' });
  proxy = await startFaultProxy({ upstream: emulate.url });
  alice = emulate.users['alice'] ?? '';
});
afterAll(async () => {
  await proxy.close();
  await emulate.close();
});
beforeEach(() => proxy.clearFaults());

const directory = (teamId: string | undefined = emulate.teamId) =>
  createDirectory({
    client: createWebClients({ botToken: emulate.botToken, apiUrl: proxy.apiUrl }, logger)
      .directory,
    findDeactivatedUsers: async () => [],
    workspace: () => (teamId === '' ? undefined : { teamId }),
    log: logger,
  });

test('a full member is reported as a member, with the e-mail address', async () => {
  expect(await directory().profile(alice)).toEqual({
    teamId: emulate.teamId,
    userId: alice,
    email: 'alice@example.com',
    status: 'member',
  });
});

test.each([
  ['deactivated', { deleted: true }],
  ['bot', { is_bot: true }],
  ['bot', { is_app_user: true }],
  ['guest', { is_restricted: true }],
  ['guest', { is_ultra_restricted: true }],
  ['guest', { is_invited_user: true }],
  ['foreign', { is_stranger: true }],
  ['foreign', { team_id: 'T0OTHER' }],
  ['foreign', { team_id: undefined }],
  ['foreign', { team_id: 'T0OTHER', enterprise_user: { teams: ['T0THIRD'] } }],
  ['foreign', { team_id: 'T0OTHER', deleted: true, is_restricted: true }],
  ['unconfirmed', { is_email_confirmed: false }],
  ['member', { is_email_confirmed: true, is_admin: true, is_owner: true }],
])('an account is %s when Slack says %j', async (standing, change) => {
  proxy.inject(userBecomes(alice, change));
  expect((await directory().profile(alice))?.status).toBe(standing);
});

test('a person whose home is another workspace of the organisation is a member here', async () => {
  const teams = ['T0OTHER', emulate.teamId];
  proxy.inject(userBecomes(alice, { team_id: 'T0OTHER', enterprise_user: { teams } }));
  expect(await directory().profile(alice)).toMatchObject({
    status: 'member',
    teamId: emulate.teamId,
  });
});

test('an outside account is reported with its own workspace', async () => {
  proxy.inject(userBecomes(alice, { team_id: 'T0OTHER' }));
  expect(await directory().profile(alice)).toMatchObject({ teamId: 'T0OTHER' });
});

test('each lookup asks Slack again', async () => {
  const asking = directory();
  expect((await asking.profile(alice))?.status).toBe('member');
  proxy.inject(userBecomes(alice, { deleted: true }));
  expect((await asking.profile(alice))?.status).toBe('deactivated');
});

test.each([
  ['hangs', { fault: 'hang' }],
  ['fails', { fault: 'status', status: 500 }],
  ['limits the rate', { fault: 'rate-limited', retryAfterSeconds: 60 }],
  ['breaks off', { fault: 'drop-after' }],
  ['does not know the account', { fault: 'error', error: 'user_not_found' }],
  ['answers nonsense', { fault: 'json', json: { ok: true, user: { id: 7 } } }],
  ['answers about another account', { fault: 'json', json: { ok: true, user: { id: 'U0OTHER' } } }],
] as const)(
  'no account is known while Slack %s, and the lookup ends in time for an answer',
  async (_, trouble) => {
    proxy.inject({ method: 'users.info', ...trouble });
    const started = performance.now();
    expect(await directory().profile(alice)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2500);
  },
);

test('no account is known before the workspace is known', async () => {
  const before = proxy.calls.length;
  const early = directory('');
  expect(await early.profile(alice)).toBeUndefined();
  expect(await early.byEmail('alice@example.com')).toBeUndefined();
  expect(await early.groupMembers('S01ONCALL')).toBeUndefined();
  expect(early.teamId()).toBeUndefined();
  expect(proxy.calls).toHaveLength(before);
});

describe('an address', () => {
  const answering = (user: JsonObject) =>
    proxy.inject({
      method: 'users.lookupByEmail',
      fault: 'json',
      json: (upstream: JsonObject) => ({
        ...upstream,
        user: { ...asObject(upstream['user']), ...user },
      }),
    });

  test('belongs to the account that Slack names, in upper or lower case', async () => {
    answering({ profile: { email: 'Alice@Example.com' } });
    expect(await directory().byEmail('alice@example.com')).toEqual({
      teamId: emulate.teamId,
      userId: alice,
      email: 'Alice@Example.com',
      status: 'member',
    });
  });

  test('without an account is reported as unknown', async () => {
    expect(await directory().byEmail('unknown@example.com')).toBe('unknown');
  });

  test.each([
    ['another address', { profile: { email: 'alice@evil.example' } }],
    ['no address', { profile: {} }],
  ])('is unknown when the account that Slack returns has %s', async (_, user) => {
    answering(user);
    expect(await directory().byEmail('alice@example.com')).toBe('unknown');
  });

  test('of a guest is reported as a guest’s', async () => {
    answering({ is_restricted: true });
    expect(await directory().byEmail('alice@example.com')).toMatchObject({ status: 'guest' });
  });

  test.each([
    ['hangs', { fault: 'hang' }],
    ['limits the rate', { fault: 'rate-limited', retryAfterSeconds: 60 }],
    ['lacks the scope', { fault: 'error', error: 'missing_scope' }],
    ['answers nonsense', { fault: 'json', json: { ok: true, user: [] } }],
  ] as const)('is neither known nor unknown while Slack %s', async (_, trouble) => {
    proxy.inject({ method: 'users.lookupByEmail', ...trouble });
    expect(await directory().byEmail('alice@example.com')).toBeUndefined();
  });
});

describe('a user group', () => {
  test('has the members that Slack names', async () => {
    proxy.inject({
      method: 'usergroups.users.list',
      when: ({ usergroup }) => usergroup === 'S01ONCALL',
      fault: 'json',
      json: { ok: true, users: [alice, 'U0CAROL'] },
    });
    expect(await directory().groupMembers('S01ONCALL')).toEqual([alice, 'U0CAROL']);
  });

  test.each([
    ['Slack knows no such group', { fault: 'error', error: 'no_such_subteam' }],
    ['the app may not ask', { fault: 'error', error: 'missing_scope' }],
    ['Slack hangs', { fault: 'hang' }],
    ['Slack fails', { fault: 'status', status: 503 }],
    ['Slack answers nonsense', { fault: 'json', json: { ok: true, users: 'U0CAROL' } }],
  ] as const)('has no known members when %s', async (_, trouble) => {
    proxy.inject({ method: 'usergroups.users.list', ...trouble });
    expect(await directory().groupMembers('S01ONCALL')).toBeUndefined();
  });

  test('that the app may not read leaves a fix in the log', () => {
    expect(log.join()).toContain('with the scopes of manifest.yml');
  });
});

test('the log contains a code and nothing about the account', () => {
  expect(log.length).toBeGreaterThan(0);
  expect(log.join()).not.toContain(alice);
});
