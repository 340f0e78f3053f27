/** Policies, secrets, keys and people over REST. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyRoutes, whoamiRoute } from '../../src/contract/key.js';
import { personRoutes } from '../../src/contract/person.js';
import { configured, policyRoutes } from '../../src/contract/policy.js';
import { problem } from '../../src/contract/problem.js';
import { secretRoutes } from '../../src/contract/secret.js';
import { SCOPES } from '../../src/domain/vocabulary.js';
import { type Said, type Serving, startServing } from './serving.js';

const CANARY = 'canary-9XkP-correct-horse';

let serving: Serving;
let token: string;

beforeAll(async () => {
  serving = await startServing();
  token = serving.house.adminToken;
});
afterAll(() => serving.close());

const send = (method: string, path: string, body: object) =>
  serving.api(method, path, { token, body });

const refusal = ({ status, json }: Said) => {
  const { code, detail } = problem.parse(json);
  return { status, code, detail };
};

describe('policies', () => {
  const uri = 'vsecure://secrets/staging/*';

  test('PATCH merges what is named, PUT sets everything else to its default', async () => {
    const first = await send('PATCH', '/resources', { uri, maxDuration: '2h', maxUses: 3 });
    expect(configured.parse(first.json).policy).toMatchObject({ version: 1, maxDuration: '2h' });
    const approvers = ['alice@example.com', 'U012ABCDE'];
    const merged = await send('PATCH', '/resources', { uri, approvers, defaultDuration: '1h30m' });
    expect(configured.parse(merged.json).policy).toMatchObject({
      version: 2,
      maxDuration: '2h',
      defaultDuration: '1h30m',
      maxUses: 3,
      approvers,
    });
    const replaced = await send('PUT', '/resources', { uri, requiresApproval: false });
    const { policy } = configured.parse(replaced.json);
    expect(policy).toMatchObject({ version: 3, maxDuration: '8h', requiresApproval: false });
    expect(policy.maxUses).toBeUndefined();
    expect(policy.approvers).toBeUndefined();
    const { json } = await serving.api('GET', '/resources', { token });
    expect(policyRoutes.list.answer.parse(json).items).toContainEqual(policy);
  });

  test('a policy that nobody could decide under is told to whoever wrote it', async () => {
    const lonely = 'vsecure://secrets/lonely/*';
    const { json } = await send('PUT', '/resources', { uri: lonely });
    expect(configured.parse(json).warnings).toEqual([expect.stringContaining('approvers')]);
  });

  const WRONG = {
    'a rule that this version does not know': [{ autoApprove: {} }, 'unknown field autoApprove.'],
    'a group as approver': [{ approvers: ['S0123'] }, 'approvers[0]: Slack user groups'],
    'a name as approver': [{ approvers: ['a@b.example', 'alice'] }, 'approvers[1]: an approver is'],
    'a duration in another form': [{ maxDuration: '1 hour' }, 'maxDuration: a duration is'],
    'a duration above any': [{ maxDuration: '30d' }, 'maxDuration: 1m to 7d'],
    'a duration below any': [{ requestTtl: '10s' }, 'requestTtl: 1m to 7d'],
    'a default above the maximum': [
      { defaultDuration: '2h', maxDuration: '1h' },
      'defaultDuration is longer',
    ],
    'more votes than anybody could cast': [{ minApprovals: 11 }, 'minApprovals: '],
    'an operation that there is not': [{ permissions: ['own'] }, 'permissions[0]: '],
    'no door at all': [{ decideFrom: [] }, 'decideFrom: '],
    'a channel by name': [{ channel: '#secrets' }, 'channel: '],
    'several at once': [{ maxUses: 0, name: '' }, 'name: '],
  } as const;
  test.each(Object.entries(WRONG))('refused: %s', async (_name, [rules, detail]) => {
    const said = refusal(await send('PUT', '/resources', { uri, ...rules }));
    expect(said).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(said.detail).toContain(detail);
  });

  test('a pattern outside the grammar is refused, not tidied up', async () => {
    const odd = ['vsecure://secrets/a/../b', 'VSECURE://secrets/a', 'vsecure://secrets/**/a'];
    for (const wrong of odd)
      expect(refusal(await send('PUT', '/resources', { uri: wrong }))).toMatchObject({
        status: 422,
        code: 'invalid_resource',
      });
  });
});

describe('secrets', () => {
  const path = 'vsecure://secrets/production/API_TOKEN';

  test('a value goes in, and only metadata ever comes out', async () => {
    const stored = await send('PUT', '/secrets', { path, value: CANARY });
    expect(secretRoutes.set.answer.parse(stored.json)).toMatchObject({ path, version: 1 });
    const again = await send('PUT', '/secrets', { path, value: `${CANARY}\n\0é` });
    expect(secretRoutes.set.answer.parse(again.json).version).toBe(2);
    const listed = await serving.api('GET', '/secrets', { token });
    expect(secretRoutes.list.answer.parse(listed.json).items).toContainEqual(
      expect.objectContaining({ path, version: 2, access: 'none' }),
    );
    expect([stored, again, listed].map(({ text }) => text).join()).not.toContain(CANARY);
    expect(serving.logged.join()).not.toContain(CANARY);
  });

  test('two paths that differ only in case cannot be', async () => {
    const said = await send('PUT', '/secrets', { path: path.replace('API', 'api'), value: 'x' });
    expect(refusal(said)).toMatchObject({ status: 409, code: 'already_exists' });
  });

  test('an agent may list but not write', async () => {
    const agent = await serving.house.agent('writer');
    const saying = { token: agent.token, body: { path, value: CANARY } };
    const said = await serving.api('PUT', '/secrets', saying);
    expect(refusal(said)).toMatchObject({ status: 403, code: 'not_allowed' });
    expect((await serving.api('GET', '/secrets', { token: agent.token })).status).toBe(200);
  });
});

describe('keys and people', () => {
  test('a key is shown once, says who it is, is listed without its secret part, and can be revoked', async () => {
    const wish = { name: 'cursor', class: 'agent', owner: 'Carol@Example.com', expires: '90d' };
    const made = keyRoutes.create.answer.parse((await send('POST', '/keys', wish)).json);
    expect(made.token).toMatch(/^vsk_a_/);
    const days = (Date.parse(made.expiresAt ?? '') - Date.parse(made.createdAt)) / 86_400_000;
    expect(Math.round(days)).toBe(90);

    const me = await serving.api('GET', '/whoami', { token: made.token });
    expect(whoamiRoute.answer.parse(me.json)).toMatchObject({
      name: 'cursor',
      class: 'agent',
      key: made.id,
      owner: { email: 'carol@example.com', role: 'member' },
      scopes: ['access:request', 'secrets:list', 'grants:use', 'audit:read'],
    });

    const listed = await serving.api('GET', '/keys', { token });
    expect(listed.text).not.toContain(made.token);
    const { items } = keyRoutes.list.answer.parse(listed.json);
    expect(items.map(({ id }) => id)).toContain(made.id);

    const revoked = await send('POST', `/keys/${made.id}/revoke`, {});
    expect(keyRoutes.revoke.answer.parse(revoked.json).revokedAt).toBeDefined();
    expect((await serving.api('GET', '/whoami', { token: made.token })).status).toBe(401);
  });

  test('names are never reused, and no agent’s key gets the right to decide', async () => {
    const wish = { name: 'Cursor-2', class: 'agent', owner: 'carol@example.com' };
    await send('POST', '/keys', wish);
    const again = await send('POST', '/keys', { ...wish, name: 'cursor-2' });
    expect(refusal(again)).toMatchObject({ status: 409, code: 'already_exists' });
    const more = await send('POST', '/keys', {
      ...wish,
      name: 'x',
      scopes: ['approvals:decide'],
    });
    expect(refusal(more)).toMatchObject({ status: 400, code: 'invalid_input' });
  });

  test('the first admin may do everything', async () => {
    const { json } = await serving.api('GET', '/whoami', { token });
    expect(whoamiRoute.answer.parse(json).scopes.toSorted()).toEqual(SCOPES.toSorted());
  });

  test('people get roles and Slack accounts; an account links once', async () => {
    const set = await send('POST', '/people', { email: 'dora@example.com', role: 'auditor' });
    expect(personRoutes.set.answer.parse(set.json)).toMatchObject({
      role: 'auditor',
      active: true,
    });
    const link = { email: 'dora@example.com', teamId: 'T01', userId: 'U01' };
    const linked = await send('POST', '/people/link', link);
    expect(personRoutes.link.answer.parse(linked.json).slack).toEqual([
      { teamId: 'T01', userId: 'U01' },
    ]);
    const stolen = await send('POST', '/people/link', { ...link, email: 'eve@example.com' });
    expect(refusal(stolen)).toMatchObject({ status: 409, code: 'already_exists' });
    const { json } = await serving.api('GET', '/people', { token });
    const emails = personRoutes.list.answer.parse(json).items.map(({ email }) => email);
    expect(emails).toContain('dora@example.com');
  });

  test('`admin@localhost` can own keys and approve', async () => {
    const owner = 'admin@localhost';
    expect((await send('POST', '/keys', { name: 'local', class: 'agent', owner })).status).toBe(
      200,
    );
    const uri = 'vsecure://secrets/local/*';
    expect((await send('PUT', '/resources', { uri, approvers: [owner] })).status).toBe(200);
  });
});
