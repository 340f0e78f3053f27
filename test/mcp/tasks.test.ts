/** Waits as tasks: for clients that declare the extension, only about their own requests. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { CLIENT_KINDS, call, ERA, fields, startEndpoint, type TestEndpoint } from './endpoint.js';
import { ask, TASKS } from './modern-client.js';

type Agent = Awaited<ReturnType<Services['agent']>>;

let services: Services;
let ann: Agent;
let endpoint: TestEndpoint;

beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  ann = await services.agent('ann');
  const unscoped = { ...ann.caller, scopes: new Set<never>() };
  const ben = await services.agent('ben');
  endpoint = await startEndpoint({
    useCases: services.useCases,
    keys: { ann: ann.caller, ben: ben.caller, unscoped },
  });
});
afterAll(async () => {
  expect(endpoint.errors).toEqual([]);
  await endpoint.close();
  await services.close();
});

let minutes = 1;
/** A request of Ann's that differs from all earlier ones. */
const request = () => {
  minutes += 1;
  return services.ask(ann.caller, { duration: minutes * 60_000, renew: true });
};

/** Sends a request that declares the tasks extension, unless `capabilities` says otherwise. */
const send = (
  method: string,
  params: Record<string, unknown>,
  token = 'ann',
  capabilities = TASKS,
) => ask({ url: endpoint.url, token, method, params, capabilities });

const wait = (
  { id }: Approval,
  more: object = {},
  ...rest: [token?: string, capabilities?: object]
) => {
  const params = { name: 'wait-for-decision', arguments: { approval_id: id, ...more } };
  return send('tools/call', params, ...rest);
};

const decide = async ({ id }: Approval, verdict: 'approve' | 'deny') => {
  const alice = await services.decider('alice@example.com');
  const vote = { approval: id, verdict, reason: 'not today' } as const;
  return unwrap(await services.useCases.decide(alice, vote));
};

test('a wait that would block answers at once with a task, which holds the state so far and how to poll', async () => {
  const approval = await request();
  const { result } = await wait(approval, { wait_seconds: 240 });
  expect(result).toMatchObject({
    resultType: 'task',
    taskId: approval.id,
    status: 'working',
    createdAt: approval.createdAt.toISOString(),
    lastUpdatedAt: approval.createdAt.toISOString(),
    ttlMs: 61 * 60_000,
    pollIntervalMs: 5000,
    structuredContent: { approval_id: approval.id, status: 'pending' },
  });
  const polled = (await send('tasks/get', { taskId: approval.id })).result;
  expect(polled).toMatchObject({ resultType: 'complete', taskId: approval.id, status: 'working' });
  expect(polled).not.toHaveProperty('result');
  expect(JSON.stringify([result, polled])).not.toMatch(/alice/);
});

test('the result of a completed task is the answer of the tool, for every decision', async () => {
  for (const verdict of ['approve', 'deny'] as const) {
    const approval = await request();
    await wait(approval);
    await decide(approval, verdict);
    const { result } = await send('tasks/get', { taskId: approval.id });
    const plain = (await wait(approval)).result;
    expect(plain).toMatchObject({ resultType: 'complete' });
    expect(result).toMatchObject({
      resultType: 'complete',
      status: 'completed',
      result: { content: plain?.['content'], structuredContent: plain?.['structuredContent'] },
    });
  }
});

test('a cancelled or expired request completes its task too', async () => {
  const [withdrawn, late] = [await request(), await request()];
  unwrap(await services.useCases.cancelRequest(ann.caller, withdrawn.id));
  await services.database.dataSource.query(
    `update approval set created_at = clock_timestamp() - interval '2 hours', expires_at = clock_timestamp() - interval '1 second' where id = $1`,
    [late.id],
  );
  await services.useCases.expireApprovals();
  for (const [{ id }, status] of [
    [withdrawn, 'cancelled'],
    [late, 'expired'],
  ] as const)
    expect((await send('tasks/get', { taskId: id })).result).toMatchObject({
      status: 'completed',
      result: { structuredContent: { status } },
    });
});

test('a call that need not wait is no task: a status check, a decided request, a refusal, request-access', async () => {
  const approval = await request();
  const statusCheck = (await wait(approval, { wait_seconds: 0 })).result;
  expect(statusCheck).toMatchObject({
    resultType: 'complete',
    structuredContent: { status: 'pending' },
  });
  await decide(approval, 'approve');
  expect((await wait(approval)).result).toMatchObject({ resultType: 'complete' });
  const unknown = { ...approval, id: 'appr_0123456789abcdefghijkl' as const };
  expect((await wait(unknown)).result).toMatchObject({ resultType: 'complete', isError: true });
  const requested = await send('tools/call', {
    name: 'request-access',
    arguments: {
      resources: ['vsecure://secrets/production/OTHER'],
      operation: 'read',
      reason: 'Debugging the failing database connection',
    },
  });
  expect(requested.result).toMatchObject({
    resultType: 'complete',
    structuredContent: { status: 'pending', next: { tool: 'wait-for-decision' } },
  });
});

test('cancelling a task ends the wait, which can begin again, and leaves the request pending', async () => {
  const approval = await request();
  await wait(approval);
  const { result } = await send('tasks/cancel', { taskId: approval.id });
  expect(result).toMatchObject({ resultType: 'complete' });
  expect((await services.store.approvals.find(approval.id))?.status).toBe('pending');
  expect((await wait(approval)).result).toMatchObject({ resultType: 'task' });
  await decide(approval, 'approve');
  expect((await send('tasks/get', { taskId: approval.id })).result).toMatchObject({
    status: 'completed',
  });
});

test('input that a task never asked for changes nothing', async () => {
  const approval = await request();
  const inputResponses = { approve: { action: 'accept', content: { verdict: 'approve' } } };
  const { result } = await send('tasks/update', { taskId: approval.id, inputResponses });
  expect(result).toMatchObject({ resultType: 'complete' });
  expect((await services.store.approvals.find(approval.id))?.status).toBe('pending');
});

test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
  '%s answers the same for a task of another key, an unknown one and an invalid id',
  async (method) => {
    const { id } = await request();
    const answer = async (taskId: string, token?: string) => {
      const { error } = await send(method, { taskId }, token);
      return error;
    };
    const unknown = await answer('appr_0123456789abcdefghijkl');
    expect(unknown).toMatchObject({ code: -32602 });
    expect(await answer(id, 'ben')).toEqual(unknown);
    expect(await answer(id, 'unscoped')).toEqual(unknown);
    for (const taskId of [
      'x',
      `${id}x`,
      id.toUpperCase(),
      '../appr',
      'grnt_0123456789abcdefghijkl',
    ])
      expect(await answer(taskId)).toEqual(unknown);
    expect((await send(method, {})).error).toMatchObject({ code: expect.any(Number) });
    expect((await services.store.approvals.find(id))?.status).toBe('pending');
  },
);

test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
  '%s is refused unless the request itself declares the extension',
  async (method) => {
    const { id } = await request();
    for (const capabilities of [{}, { extensions: {} }, { elicitation: {} }]) {
      const { status, error } = await send(method, { taskId: id }, 'ann', capabilities);
      expect({ status, error }).toMatchObject({
        status: 400,
        error: {
          code: -32021,
          data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
        },
      });
    }
  },
);

test('tasks cannot be listed, and their results come only from tasks/get', async () => {
  const { id } = await request();
  for (const method of ['tasks/list', 'tasks/result'])
    expect((await send(method, { taskId: id })).error).toMatchObject({ code: -32601 });
});

test.each(CLIENT_KINDS)('%s, which declares no tasks, waits in the call', async (kind) => {
  const client = await endpoint.client('ann', kind);
  const approval = await request();
  const waited = await call(client, 'wait-for-decision', {
    approval_id: approval.id,
    wait_seconds: 1,
  });
  expect(fields(waited)).toMatchObject({ status: 'pending' });
  const announced = client.getServerCapabilities()?.extensions ?? {};
  const modern = ERA[kind] === '2026-07-28';
  expect(Object.keys(announced)).toEqual(modern ? ['io.modelcontextprotocol/tasks'] : []);
});

test('the tasks of the older protocol version are not supported', async () => {
  const client = await endpoint.client('ann', 'v1');
  expect(client.getServerCapabilities()).not.toHaveProperty('tasks');
  const { id } = await request();
  for (const method of ['tasks/get', 'tasks/cancel']) {
    const body = { jsonrpc: '2.0', id: 1, method, params: { taskId: id } };
    const answer = await endpoint.post(JSON.stringify(body));
    expect(await answer.text()).toContain('-32601');
  }
});
