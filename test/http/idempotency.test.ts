/** `Idempotency-Key`: what is sent again is done once, whatever it is. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { access } from '../../src/contract/approval.js';
import { keyRoutes } from '../../src/contract/key.js';
import { personRoutes } from '../../src/contract/person.js';
import { configured } from '../../src/contract/policy.js';
import { problem } from '../../src/contract/problem.js';
import { ROUTES } from '../../src/contract/routes.js';
import { DAY } from '../../src/domain/limits.js';
import { sqlOn } from '../../src/store/sql.js';
import { DATABASE_URL, REASON } from '../support/services.js';
import { type Said, type Serving, startServing } from './serving.js';

const CANARY = 'canary-5Vw1-battery-staple';
const ASK = { resources: [DATABASE_URL], operation: 'read', reason: REASON, duration: '1h' };

let serving: Serving;
let admin: string;
let alice: string;
let agent: string;
let count = 0;

beforeAll(async () => {
  serving = await startServing();
  admin = serving.services.adminToken;
  alice = (await serving.services.human('alice@example.com')).token;
  await serving.services.policy();
});
afterAll(() => serving.close());
beforeEach(async () => {
  count += 1;
  agent = (await serving.services.agent(`repeating-${count}`)).token;
});

const send = (method: string, path: string, token: string, key: string, body: object = {}) =>
  serving.api(method, path, { token, body, headers: { 'idempotency-key': key } });

const codeOf = ({ json }: Said) => problem.parse(json).code;

const events = async (): Promise<number> => {
  const rows = await sqlOn(serving.services.database.dataSource)('select 1 from audit_event');
  return rows.length;
};

/** The routes that were sent again, so that none is left out. */
const repeated = new Set<string>();

/** The route that a method and a path belong to. */
const routeOf = (method: string, path: string) =>
  CHANGING.find((route) => {
    const [verb = '', template = ''] = route.split(' ');
    return verb === method && new RegExp(`^${template.replace(':id', '[^/]+')}$`).test(path);
  });

/** Routes that change nothing, and routes that need no API key, so have no principal to store an answer for. */
const WITHOUT = new Set(['POST /simulate', 'POST /login', 'POST /login/take']);

/** Everything that changes something. */
const CHANGING = Object.values(ROUTES)
  .flatMap((verbs) => Object.values(verbs))
  .map(({ method, path }) => `${method} ${path}`)
  .filter((route) => !route.startsWith('GET ') && !WITHOUT.has(route));

/** Sends it twice at the same moment and once more; it must be done once, and answered alike to the byte. */
async function sentThrice(method: string, path: string, token: string, body: object = {}) {
  repeated.add(routeOf(method, path) ?? '');
  const key = randomUUID();
  const [first, second] = await Promise.all([
    send(method, path, token, key, body),
    send(method, path, token, key, body),
  ]);
  const before = await events();
  const third = await send(method, path, token, key, body);
  expect(await events()).toBe(before);
  for (const said of [second, third])
    expect({ status: said.status, text: said.text }).toEqual({
      status: first.status,
      text: first.text,
    });
  expect(first.status, first.text).toBe(200);
  return first;
}

const asked = async (body: object = ASK) =>
  access.parse((await serving.api('POST', '/approvals', { token: agent, body })).json);

async function grantOf(token: string): Promise<string> {
  const { id } = await asked();
  await serving.api('POST', `/approvals/${id}/decision`, {
    token: alice,
    body: { action: 'approve' },
  });
  const { json } = await serving.api('GET', `/approvals/${id}`, { token });
  return access.parse(json).grant?.id ?? '';
}

describe('a change sent again under its idempotency key is made once', () => {
  test('a request for access: the card does not count it as a repeated request', async () => {
    const first = await sentThrice('POST', '/approvals', agent, ASK);
    expect(access.parse(first.json).asked).toBe(1);
  });

  test('a vote, when one vote does not settle the request', async () => {
    const uri = 'vsecure://secrets/quorum/*';
    const approvers = ['alice@example.com', 'jane@example.com'];
    await serving.services.policy({ minApprovals: 2, approvers }, uri);
    const { id } = await asked({ ...ASK, resources: ['vsecure://secrets/quorum/A'] });
    const decision = { action: 'approve', reason: 'go' };
    const first = await sentThrice('POST', `/approvals/${id}/decision`, alice, decision);
    expect(access.parse(first.json).status).toBe('pending');
  });

  test('the withdrawal of a request', async () => {
    const { id } = await asked();
    await sentThrice('POST', `/approvals/${id}/cancel`, agent);
  });

  test('the release and the revocation of a grant', async () => {
    await sentThrice('POST', `/grants/${await grantOf(agent)}/release`, agent);
    const reason = { reason: 'over' };
    await sentThrice('POST', `/grants/${await grantOf(agent)}/revoke`, alice, reason);
  });

  test('a policy and a policy set, answered with their state at the time of the change', async () => {
    const uri = 'vsecure://secrets/repeated/*';
    const timeWindow = ['09:00-17:00 PST'];
    const autoApprove = { enabled: true, conditions: { timeWindow } };
    await sentThrice('PATCH', '/resources', admin, { uri, maxUses: 3, autoApprove });
    await sentThrice('PUT', '/resources', admin, { uri, maxUses: 2 });
    const key = randomUUID();
    const put = () => send('PUT', '/resources', admin, key, { uri, maxUses: 4 });
    const first = await put();
    await send('PATCH', '/resources', admin, randomUUID(), { uri, maxUses: 5 });
    expect((await put()).text).toBe(first.text);
    expect(configured.parse(first.json).policy.maxUses).toBe(4);
    await sentThrice('PUT', '/policies', admin, { policies: [{ uri, maxUses: 6 }] });
  });

  test('storing, creating, updating, rotating and deleting a secret', async () => {
    const path = `vsecure://secrets/repeated/${count}`;
    await sentThrice('PUT', '/secrets', admin, { path, value: CANARY });
    const changed = { path: `${path}/B`, value: CANARY };
    await sentThrice('POST', '/secrets/create', admin, changed);
    await sentThrice('POST', '/secrets/update', admin, { ...changed, expectedVersion: 1 });
    await sentThrice('POST', '/secrets/rotate', admin, { path, generate: {} });
    await sentThrice('POST', '/secrets/delete', admin, { path });
  });

  test('a change and the removal of a person, and the revocation of a key', async () => {
    await sentThrice('POST', '/people', admin, { email: 'ann@example.com', role: 'auditor' });
    const link = { email: 'ann@example.com', teamId: 'T9', userId: 'U9' };
    await sentThrice('POST', '/people/link', admin, link);
    await sentThrice('POST', '/people/remove', admin, { email: 'ann@example.com' });
    const { caller } = await serving.services.agent(`leaving-${count}`);
    await sentThrice('POST', `/keys/${caller.key.id}/revoke`, admin);
  });

  test('a change of receivers, and a replay of notifications', async () => {
    const slack = { webhookUrl: 'https://hooks.slack.com/services/T1/B1/x' };
    await sentThrice('PATCH', '/notifications', admin, { slack });
    await sentThrice('POST', '/notifications/replay', admin, { receiver: 'slack' });
  });

  test('setting, silencing and removing an alert rule', async () => {
    const rule = { name: 'busy', metric: 'access_count', threshold: 5, period: '1h' };
    await sentThrice('PATCH', '/alerts/rules', admin, rule);
    const silence = { rule: 'busy', duration: '1h', reason: 'a load test' };
    await sentThrice('POST', '/alerts/silence', admin, silence);
    await sentThrice('POST', '/alerts/rules/remove', admin, { name: 'busy' });
  });

  test('suspending and resuming a key', async () => {
    const { caller } = await serving.services.agent(`suspended-${count}`);
    const { name } = caller.principal;
    await sentThrice('POST', '/keys/suspend', admin, { name, reason: 'odd requests' });
    await sentThrice('POST', '/keys/resume', admin, { name });
  });
});

/** Routes with tests of their own: they show a secret once, or send something outside. */
const APART = ['POST /keys', 'POST /notifications/test', 'POST /people/code'];

test('these tests cover every route that makes a change', () => {
  expect([...repeated, ...APART].toSorted()).toEqual(CHANGING.toSorted());
});

/** Lets the sealed parts of answers become older than a retry may be. */
const age = () =>
  sqlOn(serving.services.database.dataSource)(
    `update kept_answer set created_at = created_at - interval '11 minutes'`,
  );
const keptAnswers = async () =>
  JSON.stringify(await sqlOn(serving.services.database.dataSource)('select * from kept_answer'));

test('a new key whose answer was lost is shown again within minutes, sealed in the database, and then no more', async () => {
  const key = randomUUID();
  const wish = { name: `once-${count}`, class: 'agent', owner: 'bob@example.com' };
  const first = await send('POST', '/keys', admin, key, wish);
  const made = keyRoutes.create.answer.parse(first.json);
  const again = await send('POST', '/keys', admin, key, wish);
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  expect(await keptAnswers()).not.toContain(made.token.slice(-40));
  expect(await keptAnswers()).toContain('sealed ');

  await age();
  const late = await send('POST', '/keys', admin, key, wish);
  expect([late.status, codeOf(late)]).toEqual([409, 'shown_once']);
  expect(late.text).toContain(made.id);
  expect(late.text).not.toContain(made.token);
  await sqlOn(serving.services.database.dataSource)(
    `update kept_answer set answer = '{"value":"k3yId00000"}' where key = $1`,
    [key],
  );
  // As an earlier version stored it.
  const upgraded = await send('POST', '/keys', admin, key, wish);
  expect([upgraded.status, codeOf(upgraded)]).toEqual([409, 'shown_once']);
  await serving.services.useCases.deleteShownSecrets();
  expect(await keptAnswers()).not.toContain('sealed ');
});

test('a link code whose answer was lost is shown again within minutes, and then no more', async () => {
  const key = randomUUID();
  const first = await send('POST', '/people/code', admin, key);
  expect(first.status).toBe(200);
  const again = await send('POST', '/people/code', admin, key);
  expect(again.text).toBe(first.text);
  const { code } = personRoutes.code.answer.parse(first.json);
  expect(await keptAnswers()).not.toContain(code);
  await age();
  const late = await send('POST', '/people/code', admin, key);
  expect([late.status, codeOf(late)]).toEqual([409, 'shown_once']);
});

test('a sealed answer of another principal, key or request cannot be opened', () => {
  const { answerSeal } = serving.services;
  const sealed = answerSeal.seal('vsk_x', 'prin_1', 'key', 'f');
  expect(answerSeal.open(sealed, 'prin_1', 'key', 'f')).toBe('vsk_x');
  const others = [
    ['prin_2', 'key', 'f'],
    ['prin_1', 'key2', 'f'],
    ['prin_1', 'key', 'f2'],
  ] as const;
  for (const [principal, key, fingerprint] of others)
    expect(() => answerSeal.open(sealed, principal, key, fingerprint)).toThrow();
});

test('a different request under the same key is refused, whichever part differs', async () => {
  const key = randomUUID();
  const path = 'vsecure://secrets/mismatch/A';
  await send('PUT', '/secrets', admin, key, { path, value: CANARY });
  const others = [
    await send('PUT', '/secrets', admin, key, { path, value: `${CANARY}2` }),
    await send('PUT', '/secrets', admin, key, { path: `${path}2`, value: CANARY }),
    await send('POST', '/secrets/create', admin, key, { path, value: CANARY }),
    await send('POST', '/people', admin, key, { email: 'eve@example.com' }),
  ];
  for (const said of others) {
    expect([said.status, codeOf(said)]).toEqual([422, 'idempotency_mismatch']);
    expect(said.text).not.toContain(CANARY);
  }
});

test('the order of the fields in the body does not make a different request', async () => {
  const key = randomUUID();
  const path = 'vsecure://secrets/order/A';
  const first = await send('PUT', '/secrets', admin, key, { path, value: CANARY });
  expect((await send('PUT', '/secrets', admin, key, { value: CANARY, path })).text).toBe(
    first.text,
  );
});

test('two principals may use the same idempotency key for different requests', async () => {
  const key = randomUUID();
  const other = (await serving.services.agent(`other-${count}`)).token;
  const mine = access.parse((await send('POST', '/approvals', agent, key, ASK)).json);
  const longer = { ...ASK, duration: '2h' };
  const theirs = access.parse((await send('POST', '/approvals', other, key, longer)).json);
  expect(theirs.id).not.toBe(mine.id);
});

test('a refused change does not use up its idempotency key', async () => {
  const key = randomUUID();
  const short = await send('POST', '/approvals', agent, key, { ...ASK, reason: 'x' });
  expect(codeOf(short)).toBe('reason_too_short');
  expect((await send('POST', '/approvals', agent, key, ASK)).status).toBe(200);
});

test('twenty identical requests at the same moment make one change', async () => {
  const key = randomUUID();
  const path = 'vsecure://secrets/crowd/A';
  const body = { path, generate: {} };
  const all = await Promise.all(
    Array.from({ length: 20 }, () => send('POST', '/secrets/create', admin, key, body)),
  );
  expect(new Set(all.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(all[0]?.status).toBe(200);
});

test('an idempotency key has 1 to 128 printable characters', async () => {
  for (const key of ['two words', 'x'.repeat(129), 'ü']) {
    const said = await send('POST', '/approvals', agent, key, ASK);
    expect([said.status, codeOf(said)]).toEqual([400, 'invalid_input']);
    expect(problem.parse(said.json).detail).toMatch(/^Idempotency-Key: /);
    expect(said.text).not.toContain(key);
  }
  expect((await send('POST', '/approvals', agent, 'x'.repeat(128), ASK)).status).toBe(200);
});

test('free text with half a character is refused and decides nothing, however often it is sent', async () => {
  const { id } = await asked();
  const path = `/approvals/${id}/decision`;
  const key = randomUUID();
  for (let tries = 0; tries < 2; tries += 1) {
    const said = await send('POST', path, alice, key, {
      action: 'deny',
      reason: 'no \ud800 thanks',
    });
    expect(said.status).toBe(400);
  }
  const denied = await send('POST', path, alice, key, { action: 'deny', reason: 'no thanks' });
  expect(denied.json).toMatchObject({ id, status: 'denied' });
});

test('stored answers are kept for seven days and contain no secret value', async () => {
  const { database, useCases } = serving.services;
  const sql = sqlOn(database.dataSource);
  const key = randomUUID();
  const body = { path: `vsecure://secrets/kept/${count}`, value: CANARY };
  const first = await send('PUT', '/secrets', admin, key, body);
  const kept = await sql('select answer::text, fingerprint from kept_answer where key = $1', [key]);
  expect(kept).toHaveLength(1);
  expect(JSON.stringify(kept)).not.toContain(CANARY);
  const age = (ms: number) =>
    sql(
      `update kept_answer set created_at = clock_timestamp() - $2 * interval '1 ms' where key = $1`,
      [key, ms],
    );
  await age(7 * DAY - 60_000);
  await useCases.deleteOldAnswers();
  expect((await send('PUT', '/secrets', admin, key, body)).text).toBe(first.text);
  await age(7 * DAY + 1000);
  await useCases.deleteOldAnswers();
  expect((await send('PUT', '/secrets', admin, key, body)).text).not.toBe(first.text);
});
