/** Change streams and tasks over several processes: a client is notified of a decision at another process, and a task survives the process that began it. */

import { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { VSecureClient } from '../../src/sdk/index.js';
import { ask, TASKS } from '../mcp/modern-client.js';
import { connectClient } from '../support/mcp-client.js';
import { RELAY } from '../support/relay.js';
import type { RunningServer } from '../support/server.js';
import type { Services } from '../support/services.js';
import { until } from '../support/until.js';
import { openServers } from './real-servers.js';

const WAYS = { HTTP: undefined, stdio: [process.execPath, RELAY] } as const;
/** Milliseconds: what a broken notification would cost is 15 s. */
const SOON = 5_000;

let services: Services;
let server: RunningServer;
let other: RunningServer;
let alice: VSecureClient;
let stop: () => Promise<unknown>;
beforeAll(async () => {
  ({ services, server, other, alice, stop } = await openServers(2));
});
afterAll(async () => {
  await stop();
  await services.close();
});

let count = 0;
async function asker() {
  count += 1;
  const { token, caller } = await services.agent(`agent-${count}`);
  const { id } = await services.ask(caller);
  return { token, id };
}

const approveElsewhere = (id: ApprovalId) => alice.mcp.approve(id);

/** A client of the newer SDK at the first server, and the URIs of the updates that it received. */
async function listener(token: string, way: keyof typeof WAYS) {
  const through = WAYS[way] && ([...WAYS[way]] as [string, string]);
  const client = await connectClient({ url: server.url, token, kind: 'v2 pinned', through });
  onTestFinished(() => client.close());
  if (!(client instanceof Client)) throw new Error('the newer client was expected');
  const updates: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    updates.push(params.uri);
  });
  return { client, updates };
}

test.each(['HTTP', 'stdio'] as const)(
  'over %s, a client is notified immediately of a decision at another process',
  async (way) => {
    const { token, id } = await asker();
    const uri = `vsecure://approvals/${id}`;
    const { client, updates } = await listener(token, way);
    const subscription = await client.listen({ resourceSubscriptions: [uri] });
    await approveElsewhere(id);
    await until('the update about the decision', () => updates.length > 0, SOON);
    const { contents } = await client.readResource({ uri });
    expect(JSON.stringify(contents)).toContain('approved');
    await subscription.close();
    expect(updates).toEqual([uri]);
  },
);

test('a task that one process began is answered by another process, and after a kill by the next one', async () => {
  const { token, id } = await asker();
  const at = ({ url }: RunningServer, method: string, params: Record<string, unknown>) =>
    ask({ url: `${url}/mcp`, token, method, params, capabilities: TASKS });
  const wait = { name: 'wait-for-decision', arguments: { approval_id: id } };
  const begun = await at(server, 'tools/call', wait);
  expect(begun.result).toMatchObject({ resultType: 'task', status: 'working' });
  const taskId = String(begun.result?.['taskId']);
  expect((await at(other, 'tasks/get', { taskId })).result).toMatchObject({ status: 'working' });
  await server.kill9();
  await approveElsewhere(id);
  const result = { structuredContent: { approval_id: id, status: 'approved' } };
  const ended = { status: 'completed', result };
  expect((await at(other, 'tasks/get', { taskId })).result).toMatchObject(ended);
  await server.restart();
  expect((await at(server, 'tasks/get', { taskId })).result).toMatchObject(ended);
  const { token: stranger } = await asker();
  const asking = { url: `${server.url}/mcp`, token: stranger, capabilities: TASKS };
  const { error } = await ask({ ...asking, method: 'tasks/get', params: { taskId } });
  expect(error).toMatchObject({ code: -32602 });
});

test('the stream of a killed server ends, and another server continues it', async () => {
  const { token, id } = await asker();
  const uri = `vsecure://approvals/${id}`;
  const { client } = await listener(token, 'HTTP');
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  await server.kill9();
  expect(await subscription.closed).toBe('remote');
  await server.restart();
  const { client: again, updates } = await listener(token, 'HTTP');
  const second = await again.listen({ resourceSubscriptions: [uri] });
  await approveElsewhere(id);
  await until('the update about the decision', () => updates.length > 0, SOON);
  await second.close();
});

test('an open stream does not delay the shutdown of a server, and the client learns that it has ended', async () => {
  const { token, id } = await asker();
  const { client } = await listener(token, 'HTTP');
  const uri = `vsecure://approvals/${id}`;
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  const [{ exit }, closed] = await Promise.all([server.stop(), subscription.closed]);
  expect({ exit, closed }).toEqual({ exit: 0, closed: 'graceful' });
  await server.restart();
});
