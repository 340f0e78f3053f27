/** The main path over REST, with the real use cases and a real Postgres. Every answer is read by the contract. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { access, approvalRoutes } from '../../src/contract/approval.js';
import { auditRoutes } from '../../src/contract/audit.js';
import { grantRoutes } from '../../src/contract/grant.js';
import { problem } from '../../src/contract/problem.js';
import { DATABASE_URL, PRODUCTION, REASON } from '../support/services.js';
import { type Said, type Serving, startServing } from './serving.js';

const ASK = { resources: [DATABASE_URL], operation: 'read', reason: REASON, duration: '1h' };

let serving: Serving;
let agent: string;
let alice: string;
let count = 0;

beforeAll(async () => {
  serving = await startServing();
  await serving.services.policy();
  alice = (await serving.services.human('alice@example.com')).token;
});
afterAll(() => serving.close());

beforeEach(async () => {
  count += 1;
  agent = (await serving.services.agent(`agent-${count}`)).token;
});

const ask = async (body: object = ASK) =>
  access.parse((await serving.api('POST', '/approvals', { token: agent, body })).json);

const decide = (id: string, body: object, token = alice) =>
  serving.api('POST', `/approvals/${id}/decision`, { token, body });

const refusal = ({ status, json }: Said) => [status, problem.parse(json).code];

test('an agent requests access, an approver sees the facts and approves, and the waiting agent gets its grant', async () => {
  const asked = await ask();
  expect(asked).toMatchObject({
    status: 'pending',
    duration: '1h',
    reason: REASON,
    requester: { name: `agent-${count}`, owner: 'bob@example.com' },
  });
  const waiting = serving.api('GET', `/approvals/${asked.id}/wait?seconds=20`, { token: agent });

  const shown = await serving.api('GET', `/approvals/${asked.id}`, { token: alice });
  expect(approvalRoutes.show.answer.parse(shown.json)).toMatchObject({
    digest: asked.digest,
    deciding: { approvers: ['alice@example.com'], minApprovals: 1, approvals: 0 },
  });

  const { digest } = asked;
  const decided = await decide(asked.id, {
    action: 'approve',
    reason: 'go',
    duration: '30m',
    digest,
  });
  expect(approvalRoutes.decide.answer.parse(decided.json)).toMatchObject({
    status: 'approved',
    settledBy: 'alice@example.com',
    granted: '30m',
  });

  const settled = access.parse((await waiting).json);
  expect(settled).toMatchObject({ status: 'approved', grant: { status: 'active' } });
  const { startsAt, endsAt } = settled.grant ?? { startsAt: '', endsAt: '' };
  expect(Date.parse(endsAt) - Date.parse(startsAt)).toBe(30 * 60 * 1000);
});

test('an agent sees its own request, but not its approvers', async () => {
  const { id } = await ask();
  const { json } = await serving.api('GET', `/approvals/${id}`, { token: agent });
  const shown = approvalRoutes.show.answer.parse(json);
  expect(shown.id).toBe(id);
  expect(shown.deciding).toBeUndefined();
});

test('another agent cannot see, wait for or withdraw a request, and cannot find out that it exists', async () => {
  const { id } = await ask();
  const token = (await serving.services.agent(`stranger-${count}`)).token;
  const answers = await Promise.all([
    serving.api('GET', `/approvals/${id}`, { token }),
    serving.api('GET', `/approvals/${id}/wait?seconds=0`, { token }),
    serving.api('POST', `/approvals/${id}/cancel`, { token }),
  ]);
  const nothing = 'appr_0000000000000000000000';
  const none = await serving.api('GET', `/approvals/${nothing}`, { token });
  expect([...answers, none].map(refusal)).toEqual(Array(4).fill([404, 'not_found']));
});

test('a denial needs a reason, and the agent gets the status and the reason', async () => {
  const { id } = await ask();
  expect(refusal(await decide(id, { action: 'deny' }))).toEqual([422, 'reason_missing']);
  await decide(id, { action: 'deny', reason: 'use staging' });
  const { json } = await serving.api('GET', `/approvals/${id}/wait?seconds=5`, { token: agent });
  expect(access.parse(json)).toMatchObject({ status: 'denied', decisionReason: 'use staging' });
  expect(refusal(await decide(id, { action: 'approve' }))).toEqual([409, 'already_decided']);
});

test('the key of an agent or a service cannot decide or revoke, even when an approver owns it', async () => {
  const { id } = await ask();
  const own = await serving.services.agent(`alices-agent-${count}`, 'alice@example.com');
  const service = await serving.services.key(`robot-${count}`, 'service', 'alice@example.com');
  const grant = 'grnt_0000000000000000000000';
  for (const { token } of [own, service]) {
    expect(refusal(await decide(id, { action: 'approve' }, token))).toEqual([403, 'not_allowed']);
    const revoke = { token, body: { reason: 'no' } };
    const revoked = await serving.api('POST', `/grants/${grant}/revoke`, revoke);
    expect(refusal(revoked)).toEqual([403, 'not_allowed']);
  }
});

test('a request cannot claim to come from Slack', async () => {
  const { id } = await ask();
  const answer = await decide(id, { action: 'approve', door: 'slack' });
  expect(refusal(answer)).toEqual([400, 'invalid_input']);
});

test('a decision on facts that have changed since is refused, and the new facts can be decided', async () => {
  const asked = await ask();
  await serving.services.policy({ minReasonLength: 10 + count });
  const stale = await decide(asked.id, { action: 'approve', digest: asked.digest });
  expect(refusal(stale)).toEqual([409, 'policy_changed']);
  const { json } = await serving.api('GET', `/approvals/${asked.id}`, { token: alice });
  const { digest } = approvalRoutes.show.answer.parse(json);
  expect((await decide(asked.id, { action: 'approve', digest })).status).toBe(200);
});

test('no answer about an agent’s own requests, grants and events names who decided or ended them', async () => {
  const approved = await ask();
  await decide(approved.id, { action: 'approve' });
  const revoked = await ask({ ...ASK, resources: [`${DATABASE_URL}_2`] });
  await decide(revoked.id, { action: 'approve' });
  const { json } = await serving.api('GET', `/approvals/${revoked.id}`, { token: agent });
  const grant = access.parse(json).grant?.id;
  const body = { reason: 'enough' };
  await serving.api('POST', `/grants/${grant}/revoke`, { token: alice, body });
  const denied = await ask({ ...ASK, resources: [`${DATABASE_URL}_3`] });
  await decide(denied.id, { action: 'deny', reason: 'no' });
  const answers = await Promise.all([
    serving.api('POST', '/approvals', { token: agent, body: ASK }),
    ...[approved, revoked, denied].flatMap(({ id }) => [
      serving.api('GET', `/approvals/${id}`, { token: agent }),
      serving.api('GET', `/approvals/${id}/wait?seconds=0`, { token: agent }),
      serving.api('POST', `/approvals/${id}/cancel`, { token: agent }),
    ]),
    ...['/approvals', '/grants', '/audit', '/secrets', '/whoami'].map((path) =>
      serving.api('GET', path, { token: agent }),
    ),
  ]);
  const seen = JSON.stringify(answers.map(({ json }) => json));
  expect(seen).toContain(denied.id);
  expect(seen).not.toContain('alice');
  const { json: toAlice } = await serving.api('GET', `/approvals/${denied.id}`, { token: alice });
  expect(access.parse(toAlice).settledBy).toBe('alice@example.com');
});

test('a wait ends after its number of seconds and answers that the request is still pending', async () => {
  const { id } = await ask();
  const { json } = await serving.api('GET', `/approvals/${id}/wait?seconds=0`, { token: agent });
  expect(access.parse(json).status).toBe('pending');
});

test('the agent can release its grant and an approver can revoke it, each once', async () => {
  const first = await ask();
  await decide(first.id, { action: 'approve' });
  const listed = await serving.api('GET', '/grants?active=true', { token: agent });
  const [grant] = grantRoutes.list.answer.parse(listed.json).items;
  const release = () => serving.api('POST', `/grants/${grant?.id}/release`, { token: agent });
  expect(grantRoutes.release.answer.parse((await release()).json).status).toBe('released');
  expect(refusal(await release())).toEqual([409, 'grant_ended']);

  const second = await ask();
  await decide(second.id, { action: 'approve' });
  const { json } = await serving.api('GET', `/approvals/${second.id}`, { token: alice });
  const id = access.parse(json).grant?.id;
  const revoke = { token: alice, body: { reason: 'over' } };
  const revoked = await serving.api('POST', `/grants/${id}/revoke`, revoke);
  expect(grantRoutes.revoke.answer.parse(revoked.json)).toMatchObject({
    status: 'revoked',
    endReason: 'over',
  });
});

test('the requester can withdraw a request, which then cannot be approved', async () => {
  const { id } = await ask();
  const { json } = await serving.api('POST', `/approvals/${id}/cancel`, { token: agent });
  expect(approvalRoutes.cancel.answer.parse(json).status).toBe('cancelled');
  expect(refusal(await decide(id, { action: 'approve' }))).toEqual([409, 'already_decided']);
});

test('approvers list pending requests page by page, each request once', async () => {
  const wanted = new Set<string>();
  for (const duration of ['10m', '20m', '30m']) wanted.add((await ask({ ...ASK, duration })).id);
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const cursor: string = after ? `&after=${encodeURIComponent(after)}` : '';
    const path = `/approvals?status=pending&limit=2${cursor}`;
    const { json } = await serving.api('GET', path, { token: alice });
    const page = approvalRoutes.list.answer.parse(json);
    seen.push(...page.items.map(({ id }) => id));
    after = page.next;
  } while (after);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining([...wanted]));
});

test('a client that calls itself the dashboard does not pass a policy that accepts the dashboard only', async () => {
  await serving.services.policy({ decideFrom: ['dashboard'] });
  const { id } = await ask();
  const answer = await decide(id, { action: 'approve', door: 'dashboard' });
  expect(refusal(answer)).toEqual([403, 'wrong_door']);
  await serving.services.policy({ decideFrom: ['slack', 'dashboard', 'cli', 'api'] });
});

test('the audit trail says from which entry point and with which key a decision came, and what the client calls itself', async () => {
  const { id } = await ask();
  await decide(id, { action: 'approve', door: 'cli' });
  const path = `/audit?since=1h&type=vote_cast&resource=${encodeURIComponent(PRODUCTION)}`;
  const all = await serving.api('GET', path, { token: serving.services.adminToken });
  const events = auditRoutes.list.answer.parse(all.json).items;
  expect(events.find(({ approval }) => approval === id)).toMatchObject({
    door: 'api',
    actor: { kind: 'person', name: 'alice@example.com' },
    details: {
      verdict: 'approve',
      through: expect.stringMatching(/^key [0-9A-Za-z]{10} \(client: cli, self-reported\)$/),
    },
  });
  const own = await serving.api('GET', '/audit?limit=200', { token: agent });
  const { items } = auditRoutes.list.answer.parse(own.json);
  const [{ principal } = { principal: '' }] = items;
  expect(principal).toMatch(/^prin_/);
  expect(items.every((event) => event.principal === principal)).toBe(true);
  const approvals = new Set(items.flatMap(({ approval }) => approval ?? []));
  expect(approvals).toEqual(new Set([id]));
  const future = await serving.api('GET', '/audit?since=2999-01-01', { token: agent });
  expect(auditRoutes.list.answer.parse(future.json).items).toEqual([]);
});
