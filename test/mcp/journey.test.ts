/** An agent of every kind requests access, waits, reads and releases, with a real database and a person who decides. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import { covers } from '../../src/domain/pattern.js';
import type { Caller } from '../../src/domain/rights.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import {
  type AnyClient,
  CLIENT_KINDS,
  call,
  fields,
  listedSecrets,
  startEndpoint,
  type TestEndpoint,
} from './endpoint.js';

const REASON = 'Debugging the failing database connection';
const OPEN = 'vsecure://secrets/open/GREETING';
const BINARY = 'vsecure://secrets/open/BINARY';

let services: Services;
let endpoint: TestEndpoint;
const agents: Record<string, Caller> = {};

beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/open/*');
  const conditions = {
    operations: ['read'],
    requester: ['trusted-tool'],
    maxDuration: 30 * 60_000,
  } as const;
  await services.policy(
    { autoApprove: { enabled: true, conditions } },
    'vsecure://secrets/hours/*',
  );
  await services.secret('hello, wörld', OPEN);
  await services.secret('no policy covers this', 'vsecure://secrets/locked/UNCOVERED');
  unwrap(
    await services.useCases.writeSecret(services.admin, {
      path: BINARY,
      value: Buffer.from([0xff, 0]),
    }),
  );
  for (const kind of CLIENT_KINDS) {
    const name = kind.replace(' ', '-');
    agents[kind] = (await services.agent(name)).caller;
    await services.secret(`value for ${kind}`, secretOf(kind));
  }
  endpoint = await startEndpoint({ useCases: services.useCases, keys: agents });
});
afterAll(async () => {
  await endpoint.close();
  await services.close();
});

const secretOf = (kind: string) => `vsecure://secrets/production/FOR_${kind.replace(' ', '_')}`;

async function decide(approval: unknown, verdict: 'approve' | 'deny', reason: string) {
  const alice = await services.decider('alice@example.com');
  return unwrap(
    await services.useCases.decide(alice, { approval: approval as ApprovalId, verdict, reason }),
  );
}

const ask = (client: AnyClient, resource: string, more: object = {}) =>
  call(client, 'request-access', {
    resources: [resource],
    operation: 'read',
    reason: REASON,
    ...more,
  });

describe.each(CLIENT_KINDS)('%s', (kind) => {
  const resource = secretOf(kind);

  test('requests access, waits, reads and releases the grant', async () => {
    const client = await endpoint.client(kind, kind);
    const early = await call(client, 'read-secret', { resource });
    expect(early.error).toMatchObject({
      code: 'approval_required',
      next: { tool: 'request-access', arguments: { resources: [resource], operation: 'read' } },
    });

    const requested = fields(await ask(client, resource));
    expect(requested).toMatchObject({ status: 'pending', resources: [resource] });
    expect(requested['next']).toEqual({
      tool: 'wait-for-decision',
      arguments: { approval_id: requested['approval_id'] },
    });

    const waiting = call(client, 'wait-for-decision', { approval_id: requested['approval_id'] });
    await decide(requested['approval_id'], 'approve', 'go ahead');
    const decided = fields(await waiting);
    expect(decided).toMatchObject({
      status: 'approved',
      grant_status: 'active',
      decision_reason: 'go ahead',
      next: { tool: 'read-secret', arguments: { resource } },
    });

    const read = await call(client, 'read-secret', { resource });
    expect(read.structured).toEqual({
      resource,
      version: 1,
      value: `value for ${kind}`,
      encoding: 'utf8',
      grant_id: decided['grant_id'],
      expires_at: decided['expires_at'],
    });

    const { grant_id } = fields(read);
    const released = await call(client, 'release-grant', { grant_id });
    expect(released.structured).toEqual({ grant_id, status: 'released' });
    const late = await call(client, 'read-secret', { resource });
    expect(late).toMatchObject({ isError: true, error: { next: { tool: 'request-access' } } });
    const after = await call(client, 'wait-for-decision', {
      approval_id: requested['approval_id'],
    });
    expect(after.structured).toMatchObject({ status: 'approved', grant_status: 'released' });
    expect(after.structured).not.toHaveProperty('next');
  });

  test('is told to wait, with the id, when it reads or writes while its request is pending', async () => {
    const client = await endpoint.client(kind, kind);
    const requested = fields(await ask(client, resource, { duration: '41m' }));
    const { approval_id } = requested;
    const early = await call(client, 'read-secret', { resource });
    expect(early.error).toMatchObject({
      code: 'approval_required',
      next: { tool: 'wait-for-decision', arguments: { approval_id } },
    });
    expect(early.error.message).toMatch(new RegExp(`${approval_id}.*pending: wait`));
    const other = await call(client, 'delete-secret', { resource });
    expect(other.error.next).toMatchObject({ tool: 'request-access' });
    await call(client, 'cancel-request', { approval_id });
  });

  test('learns what was granted and for how long, and what was not', async () => {
    const client = await endpoint.client(kind, kind);
    const wide = `vsecure://secrets/production/A_${kind.replace(' ', '_')}`;
    const requested = fields(
      await call(client, 'request-access', {
        resources: [wide, resource],
        operation: 'read',
        reason: REASON,
        duration: '1h',
      }),
    );
    const alice = await services.decider('alice@example.com');
    unwrap(
      await services.useCases.decide(alice, {
        approval: requested['approval_id'] as ApprovalId,
        verdict: 'approve',
        reason: 'only this',
        resources: [resource],
        duration: 30 * 60_000,
      }),
    );
    const wait = { approval_id: requested['approval_id'] };
    const decided = fields(await call(client, 'wait-for-decision', wait));
    expect(decided).toMatchObject({
      status: 'approved',
      resources: [wide, resource],
      granted_resources: [resource],
      granted_duration: '30m',
      not_granted: [wide],
      next: { tool: 'read-secret', arguments: { resource } },
    });
    expect(decided['message']).toBe(
      `Approved for 30m instead of 1h, but only for ${resource}. Not granted: ${wide}. Work without these, or inform your user. Use the access now, and call release-grant when you are done.`,
    );
    const left = await call(client, 'read-secret', { resource: wide });
    expect(left.error.code).toBe('approval_required');
    expect(left.error.message).toMatch(/^An approver did not grant this in your request appr_/);
    expect(left.error.next).toBeUndefined();
    await call(client, 'release-grant', { grant_id: decided['grant_id'] });
  });

  test('gets a denial as an answer with the reason and without a name', async () => {
    const client = await endpoint.client(kind, kind);
    const requested = fields(await ask(client, resource));
    await decide(requested['approval_id'], 'deny', 'x'.repeat(1500));
    const result = await call(client, 'wait-for-decision', {
      approval_id: requested['approval_id'],
    });
    expect(result).toMatchObject({
      isError: false,
      structured: { status: 'denied', decision_reason: `${'x'.repeat(500)}…` },
    });
    expect(result.structured).not.toHaveProperty('next');
    expect(result.text).not.toContain('alice');
    const read = await call(client, 'read-secret', { resource });
    expect(read.error.message).toContain(`did not grant this in your request`);
    expect(read.error.next).toBeUndefined();
  });

  test('gets "still pending" as an answer when the wait ends', async () => {
    const client = await endpoint.client(kind, kind);
    const requested = fields(await ask(client, resource));
    const wait = { approval_id: requested['approval_id'], wait_seconds: 0 };
    const result = await call(client, 'wait-for-decision', wait);
    expect(result).toMatchObject({ isError: false, structured: { status: 'pending' } });
    expect(result.structured?.['message']).toMatch(/^Still pending/);
    expect(result.structured?.['next']).toMatchObject({ tool: 'wait-for-decision' });
    const cancelled = await call(client, 'cancel-request', {
      approval_id: requested['approval_id'],
    });
    expect(cancelled.structured).toEqual({
      approval_id: requested['approval_id'],
      status: 'cancelled',
    });
    const twice = await call(client, 'cancel-request', { approval_id: requested['approval_id'] });
    expect(twice.error.code).toBe('already_decided');
    const after = await call(client, 'wait-for-decision', wait);
    expect(after).toMatchObject({ isError: false, structured: { status: 'cancelled' } });
  });

  test('learns in advance how a request would be decided and for how long, never who decides', async () => {
    const client = await endpoint.client(kind, kind);
    const what = { resource: 'vsecure://secrets/hours/KEY', operation: 'read', duration: '2h' };
    const result = await call(client, 'explain-access', what);
    expect(result.structured).toMatchObject({
      outcome: 'needs_approval',
      duration: '2h',
      max_duration: '8h',
      min_reason_length: 10,
      held: ['read requested'],
      failed: ['this key is not one of those that the policy names', '2h requested, at most 30m'],
      next: { tool: 'request-access', arguments: { resources: [what.resource], duration: '2h' } },
    });
    expect(result.text).not.toMatch(/alice|trusted-tool/);
    const open = await call(client, 'explain-access', { resource: OPEN, operation: 'read' });
    expect(open.structured).toMatchObject({ outcome: 'granted' });
    const locked = { resource: 'vsecure://secrets/locked/UNCOVERED', operation: 'read' };
    const no = fields(await call(client, 'explain-access', locked));
    expect(no).toMatchObject({ outcome: 'refused', code: 'no_policy' });
    expect(no['next']).toBeUndefined();
    const events = await services.store.audit.list({ type: 'access_refused' }, { limit: 10 });
    expect(events.items).toEqual([]);
  });

  test('gets access at once where the policy requires no approval, also to a binary value', async () => {
    const client = await endpoint.client(kind, kind);
    const requested = await ask(client, OPEN, { duration: '5m' });
    expect(requested.structured).toMatchObject({
      status: 'approved',
      next: { tool: 'read-secret', arguments: { resource: OPEN } },
    });
    const text = await call(client, 'read-secret', { resource: OPEN });
    expect(text.structured).toMatchObject({ value: 'hello, wörld', encoding: 'utf8' });
    await ask(client, BINARY);
    const binary = await call(client, 'read-secret', { resource: BINARY, version: 1 });
    expect(binary.structured).toMatchObject({ value: '/wA=', encoding: 'base64' });
  });

  test('gets the same content as text and as structured content', async () => {
    const client = await endpoint.client(kind, kind);
    const listed = await call(client, 'list-secrets');
    expect(JSON.parse(listed.text)).toEqual(listed.structured);
  });
});

test('list-secrets shows the possible access, page by page, and no value', async () => {
  const client = await endpoint.client('v1', 'v1');
  const seen: ReturnType<typeof listedSecrets> = [];
  let cursor: string | undefined;
  do {
    const page = await call(client, 'list-secrets', { limit: 2, ...(cursor ? { cursor } : {}) });
    expect(page.text).not.toMatch(/value for|hello/);
    seen.push(...listedSecrets(page));
    cursor = JSON.parse(page.text).next_cursor;
  } while (cursor);
  expect(seen).toEqual(listedSecrets(await call(client, 'list-secrets')));
  const access = new Map(seen.map((one) => [one.resource, one.access]));
  expect(access.get('vsecure://secrets/locked/UNCOVERED')).toBe('none');
  expect(access.get(secretOf('v2 auto'))).toBe('requestable');
});

test('list-secrets lists what a pattern covers, also page by page', async () => {
  const client = await endpoint.client('v1', 'v1');
  const all = listedSecrets(await call(client, 'list-secrets')).map(({ resource }) => resource);
  for (const pattern of ['vsecure://secrets/locked/*', 'vsecure://secrets/**', OPEN]) {
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const args = { pattern, limit: 1, ...(cursor ? { cursor } : {}) };
      const page = await call(client, 'list-secrets', args);
      listed.push(...listedSecrets(page).map(({ resource }) => resource));
      cursor = JSON.parse(page.text).next_cursor;
    } while (cursor);
    expect(listed).toEqual(all.filter((resource) => covers(pattern, resource)));
    expect(listed.length).toBeGreaterThan(0);
  }
  const refused = await call(client, 'list-secrets', { pattern: 'production' });
  expect(refused.error.code).toBe('invalid_resource');
});

test('the self-reported name of a client reaches the approval', async () => {
  const names: Record<string, string | undefined> = {};
  for (const kind of CLIENT_KINDS) {
    const client = await endpoint.client(kind, kind, `I am ${kind}`);
    const requested = fields(await ask(client, secretOf(kind), { duration: '42m' }));
    const approval = await services.store.approvals.find(requested['approval_id'] as ApprovalId);
    names[kind] = approval?.claimedClient;
  }
  expect(names).toEqual(Object.fromEntries(CLIENT_KINDS.map((kind) => [kind, `I am ${kind}`])));
});

test.each(CLIENT_KINDS)(
  'a client name that is too long for a card is ignored (%s)',
  async (kind) => {
    const client = await endpoint.client(kind, kind, 'n'.repeat(201));
    const requested = fields(await ask(client, secretOf(kind), { duration: '43m' }));
    const approval = await services.store.approvals.find(requested['approval_id'] as ApprovalId);
    expect(approval).toMatchObject({ status: 'pending', claimedClient: undefined });
  },
);
