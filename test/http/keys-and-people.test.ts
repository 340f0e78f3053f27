/** Policies, secrets, keys and people over REST. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyRoutes, whoamiRoute } from '../../src/contract/key.js';
import { personRoutes } from '../../src/contract/person.js';
import { configured, policyRoutes } from '../../src/contract/policy.js';
import { policyDocument } from '../../src/contract/policy-document.js';
import { policySetRoutes } from '../../src/contract/policy-set.js';
import { problem } from '../../src/contract/problem.js';
import { secretRoutes } from '../../src/contract/secret.js';
import { SCOPES } from '../../src/domain/vocabulary.js';
import { type Said, type Serving, startServing } from './serving.js';

const CANARY = 'canary-9XkP-correct-horse';

let serving: Serving;
let token: string;

beforeAll(async () => {
  serving = await startServing();
  token = serving.services.adminToken;
});
afterAll(() => serving.close());

const send = (method: string, path: string, body: object) =>
  serving.api(method, path, { token, body });

const refusal = ({ status, json }: Said) => {
  const { code, detail } = problem.parse(json);
  return { status, code, detail };
};

test('an operator can delete a secret, which then does not exist any more', async () => {
  const path = 'vsecure://secrets/going/AWAY';
  await send('PUT', '/secrets', { path, value: CANARY });
  const deleted = await send('POST', '/secrets/delete', { path });
  expect(secretRoutes.delete.answer.parse(deleted.json)).toMatchObject({ path, version: 1 });
  expect(refusal(await send('POST', '/secrets/delete', { path }))).toMatchObject({ status: 404 });
  const agent = await serving.services.agent('deleting-agent');
  const refused = await serving.api('POST', '/secrets/delete', {
    token: agent.token,
    body: { path },
  });
  expect(refusal(refused)).toMatchObject({ status: 403, code: 'approval_required' });
});

const auto = (conditions: object) => ({ autoApprove: { enabled: true, conditions } });

describe('policies', () => {
  const uri = 'vsecure://secrets/staging/*';

  test('PATCH changes only the named fields of a policy, PUT resets all others to their defaults', async () => {
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

  test('a policy without a possible approver is accepted with a warning', async () => {
    const lonely = 'vsecure://secrets/lonely/*';
    const { json } = await send('PUT', '/resources', { uri: lonely });
    expect(configured.parse(json).warnings).toEqual([
      expect.stringContaining('The policy has no approvers'),
    ]);
  });

  const WRONG = {
    'a rule that this version does not know': [{ autoDeny: {} }, 'unknown field autoDeny.'],
    'a name as approver': [
      { approvers: ['a@b.example', 'alice'] },
      'approvers[1]: not an approver; use an e-mail address',
    ],
    'a duration in another form': [{ maxDuration: '1 hour' }, 'maxDuration: not a duration'],
    'a duration above any': [{ maxDuration: '30d' }, 'maxDuration: a duration out of range'],
    'a duration below any': [{ requestTtl: '10s' }, 'out of range; write 1m to 7d'],
    'a default above the maximum': [
      { defaultDuration: '2h', maxDuration: '1h' },
      'defaultDuration: longer than maxDuration',
    ],
    'a window in a zone that is none': [
      auto({ timeWindow: ['09:00-17:00 UTC', '09:00-17:00 UTC-8'] }),
      'autoApprove.conditions.timeWindow[1]: "UTC-8" is not a time zone here: use an IANA name',
    ],
    'a condition that there is not': [
      auto({ weather: 'fine' }),
      'conditions: unknown field weather',
    ],
    'an address as a condition on keys': [
      auto({ requester: ['claude-desktop', 'bob@example.com'] }),
      'requester[1]: not the name of an API key',
    ],
    'half of an escalation': [{ escalateTo: ['a@b.example'] }, 'escalateTo and escalateAfter'],
    'more votes than there can be approvers': [{ minApprovals: 11 }, 'minApprovals: '],
    'an operation that there is not': [{ permissions: ['own'] }, 'permissions[0]: '],
    'no entry point': [{ decideFrom: [] }, 'decideFrom: '],
    'a channel by name': [{ channel: '#secrets' }, 'channel: '],
    'several at once': [{ maxUses: 0, name: '' }, 'name: '],
  } as const;
  test.each(Object.entries(WRONG))(
    'a policy with this mistake is refused: %s',
    async (_name, [rules, detail]) => {
      const said = refusal(await send('PUT', '/resources', { uri, ...rules }));
      expect(said).toMatchObject({ status: 400, code: 'invalid_input' });
      expect(said.detail).toContain(detail);
    },
  );

  test('every field of a policy is stored and returned, time windows with the zone that vsecure understood', async () => {
    const rules = {
      name: 'Whole',
      permissions: ['list', 'read', 'write', 'delete'],
      requiresApproval: true,
      approvers: ['alice@example.com', 'U012ABCDE', 'S012ABCDE'],
      requesters: ['claude-desktop', 'bob@example.com'],
      decideFrom: ['slack', 'cli'],
      listed: false,
      minApprovals: 2,
      allowSelfApproval: true,
      requireReason: true,
      minReasonLength: 20,
      requireDecisionReason: true,
      defaultDuration: '30m',
      maxDuration: '2h',
      requestTtl: '4h',
      maxUses: 3,
      channel: 'C0123456789',
      mention: false,
      escalateTo: ['carol@example.com', 'S099'],
      escalateAfter: '15m',
      sensitivity: 'high',
    };
    const conditions = {
      timeWindow: '9:00-17:00 PST',
      requester: ['claude-desktop'],
      operations: ['read'],
      maxDuration: '1h',
    };
    const whole = { uri: 'vsecure://secrets/whole/*', ...rules, ...auto(conditions) };
    const { json } = await send('PUT', '/resources', whole);
    const { policy, warnings } = configured.parse(json);
    const timeWindow = ['09:00-17:00 America/Los_Angeles'];
    const echoed = { enabled: true, conditions: { ...conditions, timeWindow } };
    expect(policy).toMatchObject({ ...rules, autoApprove: echoed });
    expect(Object.keys(policyDocument.shape).filter((field) => !(field in whole))).toEqual([]);
    expect(warnings).toContain(
      'autoApprove.conditions.timeWindow: PST is read as America/Los_Angeles, with its daylight saving.',
    );
    const merged = await send('PATCH', '/resources', { uri: whole.uri, maxUses: 4 });
    expect(configured.parse(merged.json).policy).toMatchObject({
      ...rules,
      autoApprove: echoed,
      maxUses: 4,
      version: 2,
    });
  });

  test('a policy set is applied completely or not at all, and the answer says what happened to each policy', async () => {
    const [a, b] = ['vsecure://secrets/set/a/*', 'vsecure://secrets/set/b/*'];
    const body = { policies: [{ uri: a, approvers: ['alice@example.com'] }, { uri: b }] };
    const items = async (more: object = {}) => {
      const { json } = await send('PUT', '/policies', { ...body, ...more });
      return policySetRoutes.apply.answer.parse(json).items;
    };
    const uris = async () => {
      const { json } = await serving.api('GET', '/resources', { token });
      return policyRoutes.list.answer.parse(json).items.map(({ uri }) => uri);
    };
    const before = await uris();
    const planned = await items({ dryRun: true });
    expect(planned).toMatchObject([
      { uri: a, outcome: 'created', loosens: [expect.stringContaining('can now be requested')] },
      {
        uri: b,
        outcome: 'created',
        warnings: [expect.stringContaining('The policy has no approvers')],
      },
    ]);
    expect(await uris()).toEqual(before);
    await items();
    const again = await items({ policies: [body.policies[0], { uri: b, maxDuration: '1h' }] });
    expect(again).toMatchObject([
      { outcome: 'unchanged', lines: [], loosens: [] },
      { outcome: 'changed', lines: ['maxDuration: 8h → 1h'], loosens: [] },
    ]);
    const wrong = await send('PUT', '/policies', {
      policies: [
        { uri: a, maxDuration: '30d', ...auto({ timeWindow: 'always' }) },
        { uri: b, ...auto({ timeWindow: '09:00-17:00 PST+1' }) },
      ],
    });
    const { status, detail } = refusal(wrong);
    expect(status).toBe(400);
    for (const place of [
      'policies[0].maxDuration: a duration out of range',
      'policies[0].autoApprove.conditions.timeWindow: "always" is not a time window',
      'policies[1].autoApprove.conditions.timeWindow: "PST+1" is not a time zone',
    ])
      expect(detail).toContain(place);
    const pruned = await items({ policies: [{ uri: a }], prune: true, dryRun: true });
    expect(pruned.filter(({ outcome }) => outcome === 'removed').map(({ uri }) => uri)).toEqual(
      [...before, b].sort(),
    );
    expect((await uris()).length).toBe(before.length + 2);
  });

  test('an invalid pattern is refused, not normalised', async () => {
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

  test('storing a secret answers with metadata only', async () => {
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

  test('two secret paths that differ only in case cannot exist', async () => {
    const said = await send('PUT', '/secrets', { path: path.replace('API', 'api'), value: 'x' });
    expect(refusal(said)).toMatchObject({ status: 409, code: 'already_exists' });
  });

  test('an agent may list secrets but not store one', async () => {
    const agent = await serving.services.agent('writer');
    const saying = { token: agent.token, body: { path, value: CANARY } };
    const said = await serving.api('PUT', '/secrets', saying);
    expect(refusal(said)).toMatchObject({ status: 403, code: 'not_allowed' });
    expect((await serving.api('GET', '/secrets', { token: agent.token })).status).toBe(200);
  });
});

describe('keys and people', () => {
  test('a key is shown once, identifies its caller, is listed without its secret part, and can be revoked', async () => {
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

  test('a key’s name is never reused, and an agent’s key never gets the right to decide', async () => {
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

  test('the first administrator has all scopes of a human key', async () => {
    const { json } = await serving.api('GET', '/whoami', { token });
    expect(whoamiRoute.answer.parse(json).scopes.toSorted()).toEqual(SCOPES.toSorted());
  });

  test('a person gets a role and a Slack account; a Slack account can be linked to one person only', async () => {
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
