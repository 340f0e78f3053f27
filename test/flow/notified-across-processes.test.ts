/** Streams of changes and tasks over several processes: what one decides another tells, and a task outlives the process that began it. */

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

/** A client of the newer SDK at the first server, and the addresses that it was told of. */
async function listener(token: string, way: keyof typeof WAYS) {
  const through = WAYS[way] && ([...WAYS[way]] as [string, string]);
  const client = await connectClient({ url: server.url, token, kind: 'v2 pinned', through });
  onTestFinished(() => client.close());
  if (!(client instanceof Client)) throw new Error('the newer client was expected');
  const told: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    told.push(params.uri);
  });
  return { client, told };
}

test.each(['HTTP', 'stdio'] as const)(
  'over %s, what is decided at another process is told at once',
  async (way) => {
    const { token, id } = await asker();
    const uri = `vsecure://approvals/${id}`;
    const { client, told } = await listener(token, way);
    const subscription = await client.listen({ resourceSubscriptions: [uri] });
    await approveElsewhere(id);
    await until('the decision to be told', () => told.length > 0, SOON);
    const { contents } = await client.readResource({ uri });
    expect(JSON.stringify(contents)).toContain('approved');
    await subscription.close();
    expect(told).toEqual([uri]);
  },
);

test('a task that one process began is answered by another, and by the next one after a kill', async () => {
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

test('the stream of a server that is killed ends, and another server goes on with it', async () => {
  const { token, id } = await asker();
  const uri = `vsecure://approvals/${id}`;
  const { client } = await listener(token, 'HTTP');
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  await server.kill9();
  expect(await subscription.closed).toBe('remote');
  await server.restart();
  const { client: again, told } = await listener(token, 'HTTP');
  const second = await again.listen({ resourceSubscriptions: [uri] });
  await approveElsewhere(id);
  await until('the decision to be told', () => told.length > 0, SOON);
  await second.close();
});

test('a server that is asked to stop is not held up by a stream, and says that it has ended', async () => {
  const { token, id } = await asker();
  const { client } = await listener(token, 'HTTP');
  const uri = `vsecure://approvals/${id}`;
  const subscription = await client.listen({ resourceSubscriptions: [uri] });
  const [{ exit }, closed] = await Promise.all([server.stop(), subscription.closed]);
  expect({ exit, closed }).toEqual({ exit: 0, closed: 'graceful' });
  await server.restart();
});
