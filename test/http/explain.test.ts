/** Explanations, simulations and narrowed decisions over REST and the SDK. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approvalRoutes } from '../../src/contract/approval.js';
import { explainRoute } from '../../src/contract/explain.js';
import { policySetRoutes } from '../../src/contract/policy-set.js';
import { problem } from '../../src/contract/problem.js';
import { MINUTE } from '../../src/domain/limits.js';
import type { Caller } from '../../src/domain/rights.js';
import { VSecureClient } from '../../src/sdk/index.js';
import { buildServices, DATABASE_URL, REASON, unwrap } from '../support/services.js';
import { type Serving, startServing } from './serving.js';

const API_TOKEN = 'vsecure://secrets/production/API_TOKEN';

let serving: Serving;
let agent: { token: string; caller: Caller };
let alice: { token: string };

beforeAll(async () => {
  const limits = { maxPending: 2, maxPerHour: 100, deniedCooldown: 10 * MINUTE };
  serving = await startServing(await buildServices({ limits }));
  const conditions = { requester: ['trusted-tool'] };
  await serving.services.policy({ autoApprove: { enabled: true, conditions } });
  agent = await serving.services.agent();
  alice = await serving.services.human('alice@example.com');
});
afterAll(async () => {
  await serving.close();
  await serving.services.close();
});

const client = ({ token }: { token: string }) =>
  new VSecureClient({ url: serving.server.url, apiKey: token });
const detailOf = ({ json }: { json: unknown }) => problem.parse(json);

describe('GET /explain', () => {
  const asked = `/explain?resource=${encodeURIComponent(API_TOKEN)}&operation=read`;

  test('an agent gets the outcome of a possible request, but not the approvers', async () => {
    const said = await serving.api('GET', asked, { token: agent.token });
    expect(explainRoute.answer.parse(said.json)).toEqual({
      resource: API_TOKEN,
      operation: 'read',
      requester: 'claude-desktop',
      outcome: 'asked',
      why: 'A person decides: not auto-approved: this key is not one of those that the policy names.',
      duration: '1h',
      defaultDuration: '1h',
      maxDuration: '8h',
      minReasonLength: 10,
      conditions: { held: [], failed: [expect.objectContaining({ condition: 'requester' })] },
      limits: { pending: 0, maxPending: 2, lastHour: 0, maxPerHour: 100 },
    });
    expect(said.text).not.toMatch(/alice|trusted-tool/);
    const other = await serving.api('GET', `${asked}&as=trusted-tool`, { token: agent.token });
    expect(detailOf(other)).toMatchObject({ status: 403, code: 'not_allowed' });
  });

  test('a policy manager can explain access for another key and time, and sees the approvers', async () => {
    const found = await client({ token: serving.services.adminToken }).mcp.explainAccess({
      resource: API_TOKEN,
      operation: 'read',
      as: 'claude-desktop',
      at: '2026-05-01T10:00:00+02:00',
    });
    expect(found).toMatchObject({
      outcome: 'asked',
      policy: { uri: 'vsecure://secrets/production/*', version: 1 },
      deciding: { approvers: ['alice@example.com'], minApprovals: 1 },
    });
    expect(found.limits).toBeUndefined();
  });

  test('an invalid explain query is refused, with each wrong field named', async () => {
    const wrong = await serving.api('GET', `${asked}&at=noon&duration=long`, {
      token: serving.services.adminToken,
    });
    expect(detailOf(wrong).detail).toMatch(/duration: not a duration; use .*at: not a time; use/);
  });
});

test('POST /simulate replays past requests under proposed policies and changes nothing', async () => {
  const { id } = await serving.services.ask(agent.caller);
  const uri = 'vsecure://secrets/production/*';
  const body = { policies: [{ uri, requiresApproval: false }], since: '1h' };
  const said = await serving.api('POST', '/simulate', { token: serving.services.adminToken, body });
  expect(policySetRoutes.simulate.answer.parse(said.json)).toMatchObject({
    replayed: 1,
    askedToGranted: 1,
    changes: [{ approval: id, recorded: 'asked', status: 'pending', proposed: 'granted' }],
  });
  const odd = { ...body, policies: [{ uri: 'a', maxDuration: '30d' }] };
  const wrong = await serving.api('POST', '/simulate', {
    token: serving.services.adminToken,
    body: odd,
  });
  expect(detailOf(wrong).detail).toMatch(/^policies\[0\]\.maxDuration.*\npolicies\[0\]\.uri/);
  const refused = await serving.api('POST', '/simulate', { token: alice.token, body });
  expect(detailOf(refused)).toMatchObject({ status: 403, code: 'not_allowed' });
  await client(agent).mcp.cancel(id);
});

test('an approver can grant fewer resources than requested, but not more', async () => {
  const resources = [API_TOKEN, DATABASE_URL];
  const { id } = await client(agent).mcp.requestApproval({
    resources,
    operation: 'read',
    reason: REASON,
    waitFor: 0,
  });
  const { mcp } = client(alice);
  const wider = mcp.approve(id, { resources: [API_TOKEN, 'vsecure://secrets/production/OTHER'] });
  await expect(wider).rejects.toMatchObject({ code: 'cannot_widen' });
  const decided = await mcp.approve(id, { resources: [API_TOKEN] });
  expect(decided).toMatchObject({ status: 'approved', resources, grantedResources: [API_TOKEN] });
  const { grant } = await mcp.getApproval(id);
  expect(grant?.resources).toEqual([API_TOKEN]);
});

test('why a request was not auto-approved is shown to callers who may see policies, not to the agent', async () => {
  const { id } = await serving.services.ask(agent.caller, { renew: true });
  const path = `/approvals/${id}`;
  const shown = async (token: string) =>
    approvalRoutes.show.answer.parse((await serving.api('GET', path, { token })).json);
  expect((await shown(alice.token)).conditions).toContain('not one of trusted-tool');
  expect((await shown(agent.token)).conditions).toBeUndefined();
  await client(agent).mcp.cancel(id);
});

test('a temporary refusal has a Retry-After header', async () => {
  const ask = (path: string) =>
    serving.api('POST', '/approvals', {
      token: agent.token,
      body: {
        resources: [`vsecure://secrets/production/${path}`],
        operation: 'read',
        reason: REASON,
      },
    });
  const { id } = approvalRoutes.request.answer.parse((await ask('ONE')).json);
  unwrap(
    await serving.services.useCases.decide(await serving.services.decider('alice@example.com'), {
      approval: id,
      verdict: 'deny',
      reason: 'not today',
    }),
  );
  const again = await ask('ONE');
  expect(detailOf(again)).toMatchObject({ status: 429, code: 'denied_recently' });
  const seconds = Number(again.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(500);
  expect(seconds).toBeLessThanOrEqual(600);
  await ask('TWO');
  await ask('THREE');
  const many = await ask('FOUR');
  expect(detailOf(many)).toMatchObject({ status: 429, code: 'too_many_pending' });
  expect(many.headers.get('retry-after')).toBeNull();
});
