/** Secrets by name over REST: the value under a live grant, changes as an operator or under a grant. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { access } from '../../src/contract/approval.js';
import { auditRoutes } from '../../src/contract/audit.js';
import { problem } from '../../src/contract/problem.js';
import { secretRoutes } from '../../src/contract/secret.js';
import { DATABASE_URL, REASON, unwrap } from '../support/services.js';
import { type Said, type Serving, startServing } from './serving.js';

const CANARY = 'canary-8Hf3-postgres://app@db';
const DEVELOPMENT = 'vsecure://secrets/development/*';
const TOKEN = 'vsecure://secrets/development/TOKEN';
const OPENNESS = { requiresApproval: false, permissions: ['read', 'write', 'delete'] } as const;

let serving: Serving;
let admin: string;
let agent: string;
let count = 0;

beforeAll(async () => {
  serving = await startServing();
  admin = serving.services.adminToken;
  await serving.services.policy({ permissions: ['read', 'write', 'delete'] });
  await serving.services.policy(OPENNESS, DEVELOPMENT);
  await serving.services.secret(CANARY);
  await serving.services.secret(CANARY, TOKEN);
});
afterAll(() => serving.close());
beforeEach(async () => {
  count += 1;
  agent = (await serving.services.agent(`handling-${count}`)).token;
});

const value = (token: string, path = DATABASE_URL, more = '') =>
  serving.api('GET', `/secrets/value?path=${encodeURIComponent(path)}${more}`, { token });
const change = (verb: string, token: string, body: object) =>
  serving.api('POST', `/secrets/${verb}`, { token, body });
const refusal = ({ status, json }: Said) => [status, problem.parse(json).code];

async function approve(operation: 'read' | 'write' | 'delete', token = agent) {
  const ask = { resources: [DATABASE_URL], operation, reason: REASON };
  const { json } = await serving.api('POST', '/approvals', { token, body: ask });
  const decider = await serving.services.decider('alice@example.com');
  const approval = access.parse(json).id;
  unwrap(await serving.services.useCases.decide(decider, { approval, verdict: 'approve' }));
}

async function eventsOf(token: string): Promise<string[]> {
  const { json } = await serving.api('GET', '/audit', { token });
  return auditRoutes.list.answer.parse(json).items.map(({ type }) => type);
}

test('a value is read under an active grant, and the answer is stored nowhere', async () => {
  expect(refusal(await value(agent))).toEqual([403, 'approval_required']);
  await approve('read');
  const said = await value(agent);
  expect(secretRoutes.open.answer.parse(said.json)).toMatchObject({
    path: DATABASE_URL,
    version: 1,
    value: CANARY,
    encoding: 'utf8',
  });
  expect(said.headers.get('cache-control')).toBe('no-store');
  expect(await eventsOf(agent)).toContain('secret_read');
  expect(refusal(await value(agent, DATABASE_URL, '&version=7'))).toEqual([404, 'not_found']);
});

test('a value that is not UTF-8 text is returned as base64', async () => {
  const path = 'vsecure://secrets/development/BYTES';
  const bytes = Uint8Array.from([0xff, 0, 1]);
  unwrap(
    await serving.services.useCases.writeSecret(serving.services.admin, { path, value: bytes }),
  );
  const { json } = await value(agent, path);
  expect(secretRoutes.open.answer.parse(json)).toMatchObject({ encoding: 'base64', value: '/wAB' });
});

test('when no approval is required, a read creates a grant with an audit event, and the next read uses the same grant', async () => {
  expect((await value(agent, TOKEN)).status).toBe(200);
  expect((await value(agent, TOKEN)).status).toBe(200);
  expect(await eventsOf(agent)).toEqual([
    'secret_read',
    'secret_read',
    'access_granted',
    'approval_requested',
  ]);
});

test('when the policy requires a reason, a read without a grant is refused: the program must request access with a reason', async () => {
  const uri = 'vsecure://secrets/reasons/*';
  await serving.services.policy({ requiresApproval: false, requireReason: true }, uri);
  expect(refusal(await value(agent, 'vsecure://secrets/reasons/A'))).toEqual([
    403,
    'approval_required',
  ]);
});

test('an administrator cannot read a value without a grant, and a service’s key cannot read values at all', async () => {
  expect(refusal(await value(admin))).toEqual([403, 'approval_required']);
  const service = await serving.services.key(`robot-${count}`, 'service', 'admin@example.com');
  expect(refusal(await value(service.token, TOKEN))).toEqual([403, 'not_allowed']);
});

test('a caller without a grant cannot find out whether a secret exists', async () => {
  const none = 'vsecure://secrets/production/NOTHING';
  const [there, absent] = [await value(agent), await value(agent, none)];
  expect(refusal(absent)).toEqual(refusal(there));
  for (const verb of ['create', 'update', 'rotate', 'delete']) {
    const body = verb === 'delete' ? {} : { generate: {} };
    const answers = [
      await change(verb, agent, { ...body, path: DATABASE_URL }),
      await change(verb, agent, { ...body, path: none }),
    ];
    expect(answers.map(refusal)).toEqual(Array(2).fill([403, 'approval_required']));
  }
});

test('an operator creates, updates, rotates and deletes a secret; no answer contains the value', async () => {
  const path = `vsecure://secrets/operated/${count}`;
  const answers = [
    await change('create', admin, { path, value: CANARY }),
    await change('update', admin, { path, value: `${CANARY}2`, expectedVersion: 1 }),
    await change('rotate', admin, { path, generate: { length: 30 } }),
    await change('delete', admin, { path }),
  ];
  expect(answers.map(({ json }) => secretRoutes.update.answer.parse(json).version)).toEqual([
    1, 2, 3, 3,
  ]);
  expect(answers.map(({ text }) => text).join()).not.toContain(CANARY);
  expect(refusal(await change('update', admin, { path, generate: {} }))).toEqual([
    404,
    'not_found',
  ]);
  const taken = await change('create', admin, { path: TOKEN, generate: {} });
  expect(refusal(taken)).toEqual([409, 'already_exists']);
  const outdated = { path: TOKEN, generate: {}, expectedVersion: 9 };
  expect(refusal(await change('rotate', admin, outdated))).toEqual([409, 'version_conflict']);
  expect(refusal(await change('rotate', admin, { path: TOKEN }))).toEqual([422, 'needs_value']);
});

test('any other caller needs a grant for the operation to change a secret', async () => {
  await approve('write');
  const updated = await change('update', agent, { path: DATABASE_URL, value: `${CANARY}-new` });
  expect(secretRoutes.update.answer.parse(updated.json)).toMatchObject({ version: 2 });
  expect(refusal(await change('delete', agent, { path: DATABASE_URL }))).toEqual([
    403,
    'approval_required',
  ]);
  expect(refusal(await value(agent))).toEqual([403, 'approval_required']);
  expect(await eventsOf(agent)).toContain('secret_written');
  const path = `vsecure://secrets/development/${count}`;
  expect((await change('create', agent, { path, generate: {} })).status).toBe(200);
});

test('uses are counted by resource, most used first, in pages', async () => {
  for (let reads = 0; reads < 3; reads += 1) await value(agent, TOKEN);
  const other = 'vsecure://secrets/development/OTHER';
  await change('create', agent, { path: other, generate: {} });
  const counts = async (query: string, token = agent) => {
    const { json } = await serving.api('GET', `/audit/counts?${query}`, { token });
    return auditRoutes.count.answer.parse(json);
  };
  const both = [
    { resource: TOKEN, count: 3 },
    { resource: other, count: 1 },
  ];
  expect((await counts('since=1h')).items).toEqual(both);
  const first = await counts('limit=1');
  expect(first.items).toEqual(both.slice(0, 1));
  const after = encodeURIComponent(first.next ?? '');
  expect(await counts(`limit=1&after=${after}`)).toEqual({ items: both.slice(1) });
  expect((await counts(`resource=${encodeURIComponent(TOKEN)}`)).items).toEqual(both.slice(0, 1));
  expect((await counts('type=secret_written')).items).toEqual(both.slice(1));
  expect((await counts('since=2999-01-01')).items).toEqual([]);
  const all = await counts('limit=200', admin);
  expect(
    all.items.find((one) => 'resource' in one && one.resource === TOKEN)?.count,
  ).toBeGreaterThanOrEqual(3);
});

test('keys, people and policies are listed in pages, each item once', async () => {
  for (const list of ['/keys', '/people', '/resources']) {
    const seen: string[] = [];
    const pages = async (after = ''): Promise<void> => {
      const { json } = await serving.api('GET', `${list}?limit=2${after}`, { token: admin });
      const page = auditRoutes.list.answer.pick({ next: true }).parse(json);
      seen.push(JSON.stringify(json));
      if (page.next) await pages(`&after=${encodeURIComponent(page.next)}`);
    };
    await pages();
    const { json } = await serving.api('GET', `${list}?limit=200`, { token: admin });
    const whole = JSON.stringify(json);
    const ids = [...whole.matchAll(/"(?:id|uri)":"[^"]+"/g)].map(([id]) => id);
    expect(ids.length).toBeGreaterThan(2);
    for (const id of ids)
      expect(
        seen.filter((page) => page.includes(id)),
        `${list} ${id}`,
      ).toHaveLength(1);
  }
});

test('the cursor of a list names no secret that the list hides, and the list goes on after it', async () => {
  const { services } = serving;
  await services.policy({ listed: false }, 'vsecure://secrets/paged/hidden/**');
  await services.policy({}, 'vsecure://secrets/paged/seen/**');
  for (const name of ['hidden/ACQUISITION', 'hidden/BUYER', 'seen/A', 'seen/B'])
    await services.secret('x', `vsecure://secrets/paged/${name}`);
  const { token } = await services.agent('paging');
  const paths: string[] = [];
  const answers: string[] = [];
  for (let after = ''; ; ) {
    const { json, text } = await serving.api('GET', `/secrets?limit=1${after}`, { token });
    const page = json as { items: { path: string }[]; next?: string };
    paths.push(...page.items.map(({ path }) => path));
    answers.push(text);
    if (page.next === undefined) break;
    after = `&after=${page.next}`;
  }
  expect(paths.filter((path) => path.includes('/paged/'))).toEqual([
    'vsecure://secrets/paged/seen/A',
    'vsecure://secrets/paged/seen/B',
  ]);
  expect(answers.length).toBeGreaterThanOrEqual(paths.length + 2);
  expect(answers.join()).not.toMatch(/ACQUISITION|BUYER/);
});

test('the owner of an asking key learns no name of a hidden secret from what approvers should check', async () => {
  const { services } = serving;
  const uri = 'vsecure://secrets/veiled/**';
  await services.policy({ listed: false, approvers: ['alice@example.com'] }, uri);
  await services.secret('x', 'vsecure://secrets/veiled/ACQUISITION');
  const { caller } = await services.agent('veiled', 'bob@example.com');
  const { id } = await services.ask(caller, { resources: [uri] });
  const seenBy = async (email: string) => {
    await services.person(email);
    const name = `sees-${crypto.randomUUID()}`;
    const { token } = await services.key(name, 'human', email);
    return (await serving.api('GET', `/approvals/${id}`, { token })).text;
  };
  expect(await seenBy('alice@example.com')).toContain('ACQUISITION');
  // A member of a user group that decides is an approver, too.
  await services.store.transaction((tx) => tx.groups.save('T1', 'S0DECIDES', ['U0CAROL']));
  await services.policy({ listed: false, approvers: ['S0DECIDES'] }, uri);
  expect(await seenBy('alice@example.com')).not.toContain('ACQUISITION');
  const carol = await services.person('carol@example.com');
  await services.store.transaction((tx) =>
    tx.people.link(carol.id, { teamId: 'T1', userId: 'U0CAROL' }),
  );
  expect(await seenBy('carol@example.com')).toContain('ACQUISITION');
  expect(await seenBy('bob@example.com')).not.toContain('ACQUISITION');
});
