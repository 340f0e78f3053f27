/** A right to decide or to manage people never comes from a service key or an agent key: every route of the contract is tried. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_BASE } from '../../src/contract/route.js';
import { ROUTES } from '../../src/contract/routes.js';
import { type Caller, CLASS_SCOPES } from '../../src/domain/rights.js';
import type { KeyClass } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildServices, unwrap } from '../support/services.js';
import { type Serving, startServing } from './serving.js';

let serving: Serving;
beforeAll(async () => {
  serving = await startServing();
});
afterAll(() => serving.close());

const POLICY = 'vsecure://secrets/production/*';
const SECRET = 'vsecure://secrets/production/A';
const EVE = { teamId: 'T0EVE', userId: 'U0EVE' };

/** Good bodies, several for a route that has several ways to one right. A route that is not here gets an empty body. */
const BODIES: Readonly<Record<string, readonly object[]>> = {
  'POST /approvals': [{ resources: [SECRET], operation: 'read', reason: 'A reason of this test' }],
  'POST /approvals/:id/decision': [{ action: 'approve', reason: 'mine' }],
  'POST /grants/:id/revoke': [{ reason: 'mine' }],
  'PATCH /resources': [{ uri: POLICY, approvers: ['eve@example.com'], requiresApproval: true }],
  'PUT /resources': [{ uri: POLICY, approvers: ['eve@example.com'] }],
  'PUT /policies': [{ policies: [{ uri: POLICY, approvers: ['eve@example.com'] }] }],
  'POST /simulate': [{ policies: [{ uri: POLICY }], since: '1h' }],
  'PUT /secrets': [{ path: SECRET, value: 'x' }],
  'POST /secrets/create': [{ path: SECRET, generate: {} }],
  'POST /secrets/update': [{ path: SECRET, generate: {} }],
  'POST /secrets/rotate': [{ path: SECRET, generate: {} }],
  'POST /secrets/delete': [{ path: SECRET }],
  'POST /keys': [
    { name: 'eve-1', class: 'human', owner: 'eve@example.com' },
    { name: 'eve-2', class: 'human', owner: 'admin@example.com' },
    { name: 'eve-3', class: 'human', owner: 'admin@example.com', scopes: ['keys:manage'] },
    { name: 'eve-4', class: 'human', owner: 'eve@example.com', scopes: ['approvals:decide'] },
    { name: 'sue-laptop', class: 'human', owner: 'sue@example.com', additional: true },
  ],
  'POST /keys/suspend': [{ name: 'nothing', reason: 'mine' }],
  'POST /keys/resume': [{ name: 'sue-laptop', reason: 'mine' }],
  'POST /people': [
    { email: 'eve@example.com', role: 'admin' },
    { email: 'eve@example.com', role: 'auditor' },
    { email: 'gone@example.com', active: true },
    { email: 'boss@example.com', role: 'member' },
    { email: 'boss@example.com', active: false },
    { email: 'new@example.com' },
    { email: 'new@example.com', role: 'admin', active: true },
  ],
  'POST /people/remove': [{ email: 'eve@example.com' }, { email: 'boss@example.com' }],
  'POST /people/link': [
    { email: 'eve@example.com', ...EVE },
    { email: 'boss@example.com', ...EVE },
    { email: 'new@example.com', ...EVE },
  ],
  'POST /people/code': [{}, { email: 'eve@example.com' }, { email: 'boss@example.com' }],
  'POST /login': [{ device: 'mine' }],
  'POST /login/take': [{ id: `lgin_${'0'.repeat(22)}`, secret: 'mine' }],
  'PATCH /notifications': [{ webhook: { enabled: false } }],
  'POST /notifications/test': [{ receiver: 'webhook' }],
  'POST /notifications/replay': [{ receiver: 'webhook' }],
  'PATCH /alerts/rules': [{ name: 'burst', enabled: false }],
  'POST /alerts/rules/remove': [{ name: 'burst' }],
  'POST /alerts/silence': [{ rule: 'burst', duration: '1h', reason: 'mine' }],
};

const ways = Object.values(ROUTES)
  .flatMap((routes) => Object.values(routes))
  .flatMap(({ method, path }) =>
    (BODIES[`${method} ${path}`] ?? [{}]).map((body) => ({ method, path, body })),
  );

/** What gives a right to decide or to manage people. */
async function rights({ services }: Serving) {
  const sql = sqlOn(services.database.dataSource);
  return {
    people: await sql('select id, email, role, active from person order by id'),
    accounts: await sql('select * from slack_account order by 1, 2'),
    codes: await sql('select person_id from link_code order by 1'),
    logins: await sql('select id from login where person_id is not null order by 1'),
    humanKeys: await sql(
      `select id, principal_id, scopes, revoked_at from api_key where class = 'human' order by id`,
    ),
    humans: await sql(
      `select id, owner_id, suspended_at from principal where class = 'human' order by id`,
    ),
  };
}

/** A deactivated person, a second administrator, a member without rights, and a suspended human key. */
async function prepare({ services }: Serving) {
  const { managePeople, manageSuspensions } = services.useCases;
  const { admin } = services;
  for (const email of ['eve@example.com', 'bob@example.com']) await services.person(email);
  await services.policy({}, POLICY);
  unwrap(await managePeople.set(admin, { email: 'boss@example.com', role: 'admin' }));
  unwrap(await managePeople.set(admin, { email: 'gone@example.com', active: false }));
  await services.human('sue@example.com');
  unwrap(await manageSuspensions.suspend(admin, 'sue-laptop', 'for this test'));
}

/** Tries every way with a key that has all scopes of its class and an administrator as its owner. Returns what was accepted. */
async function tryAll(here: Serving, keyClass: KeyClass) {
  const { services } = here;
  const { token, caller } = await services.key(`every-${keyClass}`, keyClass, 'admin@example.com');
  expect([...caller.scopes].toSorted()).toEqual(CLASS_SCOPES[keyClass].toSorted());
  const pending = await services.agent(`asks-${keyClass}`);
  const approval = await services.ask(pending.caller, { resources: [SECRET] });
  const ids: Readonly<Record<string, string>> = {
    approvals: approval.id,
    grants: `grnt_${'0'.repeat(22)}`,
    keys: pending.caller.key.id,
  };
  const accepted: string[] = [];
  for (const { method, path, body } of ways) {
    const address = path.replace(':id', ids[path.split('/')[1] ?? ''] ?? '');
    const sent = method === 'GET' ? { token } : { token, body };
    const { status } = await here.say(method, `${API_BASE}${address}`, sent);
    expect(status, `${method} ${path}`).not.toBe(401);
    if (status < 300) accepted.push(`${method} ${path}`);
  }
  return accepted;
}

describe.each(['service', 'agent'] as const)('a %s key with all its scopes', (keyClass) => {
  test('changes no person, role, Slack account, active flag, link code or human key through any route', async () => {
    if (keyClass === 'service') await prepare(serving);
    const before = await rights(serving);
    const accepted = await tryAll(serving, keyClass);
    expect(await rights(serving)).toEqual(before);
    // The key works: what its scopes are for is accepted.
    const works = {
      service: ['PUT /secrets', 'GET /people', 'GET /keys'],
      agent: ['GET /secrets'],
    };
    expect(accepted).toEqual(expect.arrayContaining(works[keyClass]));
  });
});

/** Every caller with the scope counts as a human in a broken build. */
const human = (caller: Caller): Caller => ({
  ...caller,
  principal: { ...caller.principal, class: 'human' },
});

describe('a service key with the scope keys:manage', () => {
  const create = async (token: string, body: object) => {
    const { status, json } = await serving.api('POST', '/keys', { token, body });
    return { status, json };
  };
  const manager = () =>
    serving.services.key(`manages-${crypto.randomUUID()}`, 'service', 'admin@example.com', [
      'keys:manage',
      'audit:read',
    ]);

  test('creates no further key of an agent, which would use what people approved for that agent', async () => {
    const { token } = await manager();
    await serving.services.agent('approved', 'bob@example.com');
    const further = {
      name: 'approved',
      class: 'agent',
      owner: 'bob@example.com',
      additional: true,
    };
    expect(await create(token, further)).toMatchObject({
      status: 403,
      json: { code: 'not_allowed', detail: expect.stringContaining('a human key of an admin') },
    });
    expect((await create(serving.services.adminToken, further)).status).toBe(200);
  });

  test('creates one in a build that looks at the scope only, which the check above notices', async () => {
    const { caller } = await manager();
    await serving.services.agent('copied', 'bob@example.com');
    const further = {
      name: 'copied',
      class: 'agent',
      owner: 'bob@example.com',
      additional: true,
    } as const;
    const { create: unguarded } = serving.services.useCases.manageKeys;
    expect(await unguarded(human(caller), further)).toMatchObject({ ok: true });
  });

  test('gives another service key only scopes that it has itself', async () => {
    const { token } = await manager();
    const wish = { class: 'service', owner: 'admin@example.com' };
    for (const scopes of [undefined, ['resources:manage'], ['keys:manage', 'secrets:manage']])
      expect(await create(token, { ...wish, name: 'wider', scopes })).toMatchObject({
        status: 403,
        json: { code: 'not_allowed', detail: expect.stringContaining(':manage') },
      });
    const narrow = { ...wish, name: 'narrow', scopes: ['audit:read'] };
    expect((await create(token, narrow)).status).toBe(200);
  });

  test('creates a new agent', async () => {
    const { token } = await manager();
    const agent = { name: 'new-agent', class: 'agent', owner: 'bob@example.com' };
    expect((await create(token, agent)).status).toBe(200);
  });
});

test('an administrator’s human key may do all of it, so the refusals are about the key and not about the request', async () => {
  const token = serving.services.adminToken;
  const send = async (path: string, body: object) =>
    (await serving.api('POST', path, { token, body })).status;
  expect(await send('/keys/resume', { name: 'sue-laptop' })).toBe(200);
  expect(await send('/keys', { name: 'amy', class: 'human', owner: 'amy@example.com' })).toBe(200);
  expect(await send('/people', { email: 'gone@example.com', active: true })).toBe(200);
  expect(await send('/people/code', { email: 'boss@example.com' })).toBe(200);
  expect(await send('/people/link', { email: 'eve@example.com', ...EVE })).toBe(200);
});

test('the check fails on a build that guards keys and link codes but lets the scope keys:manage change people', async () => {
  const services = await buildServices();
  const { managePeople } = services.useCases;
  const unguarded: typeof managePeople = {
    list: managePeople.list,
    set: (caller, ...rest) => managePeople.set(human(caller), ...rest),
    remove: (caller, ...rest) => managePeople.remove(human(caller), ...rest),
    link: (caller, ...rest) => managePeople.link(human(caller), ...rest),
  };
  const broken = await startServing({
    ...services,
    useCases: { ...services.useCases, managePeople: unguarded },
  });
  try {
    await prepare(broken);
    const before = await rights(broken);
    await tryAll(broken, 'service');
    expect(await rights(broken)).not.toEqual(before);
  } finally {
    await broken.close();
    await services.close();
  }
});
