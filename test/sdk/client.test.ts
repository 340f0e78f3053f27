/** The SDK against the real server. */

import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VSecureClient, VSecureError } from '../../src/sdk/index.js';
import { type Serving, startServing } from '../http/serving.js';
import { DATABASE_URL, PRODUCTION, REASON } from '../support/services.js';

let serving: Serving;
let admin: VSecureClient;
let alice: VSecureClient;

const clientOf = (apiKey: string) => new VSecureClient({ url: serving.server.url, apiKey });
const agentClient = async (name: string) => clientOf((await serving.services.agent(name)).token);

const ASK = { resource: DATABASE_URL, operation: 'read', reason: REASON } as const;

beforeAll(async () => {
  serving = await startServing();
  admin = clientOf(serving.services.adminToken);
  alice = clientOf((await serving.services.human('alice@example.com')).token);
  await admin.mcp.configureResource({
    uri: PRODUCTION,
    name: 'Production Secrets',
    permissions: ['read'],
    requiresApproval: true,
    approvers: ['alice@example.com', 'jane@example.com'],
  });
});
afterAll(() => serving.close());

/** Approves the first request that appears. */
async function approveNext(decision: { reason: string; duration: string }) {
  for (;;) {
    const [pending] = await alice.mcp.listApprovals({ status: 'pending' });
    if (pending) return alice.mcp.respond(pending.id, { action: 'approve', ...decision });
  }
}

test('requestApproval waits for the person and resolves with the decision', async () => {
  const agent = await agentClient('program');
  const [approval, decided] = await Promise.all([
    agent.mcp.requestApproval(ASK),
    approveNext({ reason: 'Legitimate debugging need', duration: '30m' }),
  ]);
  expect(approval).toMatchObject({
    id: decided.id,
    status: 'approved',
    granted: '30m',
    decisionReason: 'Legitimate debugging need',
    grant: { status: 'active', resources: [DATABASE_URL] },
  });
  const grants = await agent.mcp.listGrants({ active: true });
  expect(grants.map(({ approval }) => approval)).toEqual([decided.id]);
  expect((await agent.mcp.releaseGrant(grants[0]?.id ?? '')).status).toBe('released');
});

test('with waitFor: 0 requestApproval resolves with the pending request, which can be cancelled', async () => {
  const agent = await agentClient('hurried');
  const { id, status } = await agent.mcp.requestApproval({ ...ASK, waitFor: 0 });
  expect(status).toBe('pending');
  expect((await agent.mcp.waitForDecision(id, { waitFor: 50 })).status).toBe('pending');
  expect((await agent.mcp.cancel(id)).status).toBe('cancelled');
});

test('aborting the signal ends the wait for a decision', async () => {
  const agent = await agentClient('impatient');
  const controller = new AbortController();
  const waiting = agent.mcp.requestApproval({ ...ASK, signal: controller.signal });
  const reason = new Error('gave up');
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('approve and deny are shortcuts for respond', async () => {
  const agent = await agentClient('twice');
  const first = await agent.mcp.requestApproval({ ...ASK, waitFor: 0 });
  const decision = { duration: '10m', reason: 'Debugging session' };
  expect(await alice.mcp.approve(first.id, decision)).toMatchObject({ granted: '10m' });
  const second = await agent.mcp.requestApproval({ ...ASK, renew: true, waitFor: 0 });
  expect((await alice.mcp.deny(second.id, { reason: 'no need' })).status).toBe('denied');
  expect((await alice.mcp.getApproval(second.id)).deciding?.approvers).toContain(
    'alice@example.com',
  );
});

test('a refusal rejects with a stable code, the HTTP status, and what to do next', async () => {
  const agent = await agentClient('refused');
  const short = agent.mcp.requestApproval({ ...ASK, reason: 'x' });
  await expect(short).rejects.toBeInstanceOf(VSecureError);
  await expect(short).rejects.toMatchObject({ code: 'reason_too_short', status: 422 });
  const wrong = clientOf('vsk_h_wrong').whoami();
  await expect(wrong).rejects.toMatchObject({
    code: 'invalid_key',
    status: 401,
    next: expect.stringContaining('VSECURE_API_KEY'),
  });
});

test('the client manages and lists policies, secrets, keys and people', async () => {
  const uri = 'vsecure://secrets/development/*';
  const set = await admin.mcp.configureResource({
    uri,
    permissions: ['read', 'write'],
    maxUses: 2,
  });
  expect(set.policy).toMatchObject({ uri, maxUses: 2 });
  const { policy } = await admin.mcp.replaceResource({ uri, requiresApproval: false });
  expect(policy).toMatchObject({ permissions: ['read'], version: 2 });
  expect(await admin.mcp.listResources()).toContainEqual(policy);

  const path = 'vsecure://secrets/development/TOKEN';
  expect((await admin.secrets.set(path, 'abc')).version).toBe(1);
  expect((await admin.secrets.list()).map((secret) => secret.path)).toContain(path);

  const key = await admin.keys.create({ name: 'k', class: 'agent', owner: 'bob@example.com' });
  expect((await clientOf(key.token).whoami()).key).toBe(key.id);
  await admin.keys.revoke(key.id);
  const listed = await admin.keys.list();
  expect(listed.find(({ id }) => id === key.id)?.revokedAt).toBeDefined();

  await admin.people.set({ email: 'eve@example.com', active: false });
  const link = { email: 'dan@example.com', teamId: 'T1', userId: 'U2' };
  expect((await admin.people.link(link)).slack).toHaveLength(1);
  const people = await admin.people.list();
  expect(people.find(({ email }) => email === 'eve@example.com')?.active).toBe(false);
});

test('a list contains all pages, or as many items as the limit allows', async () => {
  const owner = 'bob@example.com';
  for (let count = 0; count < 205; count += 1)
    await admin.keys.create({ name: `many-${count}`, class: 'agent', owner });
  const events = await admin.mcp.auditLogs({ since: '1h', type: 'key_created' });
  expect(events.length).toBeGreaterThan(205);
  expect(new Set(events.map(({ sequence }) => sequence)).size).toBe(events.length);
  const newest = await admin.mcp.auditLogs({ type: 'key_created', limit: 3 });
  expect(newest).toEqual(events.slice(0, 3));
});

test('printing a client does not reveal its key', () => {
  const key = 'vsk_h_canary';
  const client = clientOf(key);
  expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(key);
  expect(JSON.stringify(client)).not.toContain(key);
});

test('the constructor reads the environment and refuses an invalid address or key before sending anything', async () => {
  const { VSECURE_URL, VSECURE_API_KEY } = process.env;
  try {
    process.env['VSECURE_URL'] = `${serving.server.url}/`;
    process.env['VSECURE_API_KEY'] = serving.services.adminToken;
    expect((await new VSecureClient().whoami()).owner.role).toBe('admin');
    delete process.env['VSECURE_API_KEY'];
    expect(() => new VSecureClient()).toThrow(/No API key/);
  } finally {
    Object.assign(process.env, { VSECURE_URL, VSECURE_API_KEY });
    if (VSECURE_URL === undefined) delete process.env['VSECURE_URL'];
    if (VSECURE_API_KEY === undefined) delete process.env['VSECURE_API_KEY'];
  }
  for (const url of ['nonsense', 'ftp://example.com', 'https://u:p@example.com', 'http://x/?a=1'])
    expect(() => new VSecureClient({ url, apiKey: 'k' })).toThrow(/address of vsecure/);
  expect(() => new VSecureClient({ apiKey: 'two words' })).toThrow(/not an API key/);
});
