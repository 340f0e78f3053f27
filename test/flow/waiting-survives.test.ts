/** Waiting for a person outlives whatever waits: a lost connection, a killed server, and a decision that comes in at another process. */

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { VSecureClient } from '../../src/sdk/index.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  CLIENT_KINDS,
  type ClientKind,
  call,
  connectClient,
  fields,
} from '../support/mcp-client.js';
import { RELAY } from '../support/relay.js';
import type { RunningServer } from '../support/server.js';
import { REASON, type Services, unwrap } from '../support/services.js';
import { tcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { openServers } from './real-servers.js';

const WAYS = { HTTP: undefined, stdio: [process.execPath, RELAY] as const };
type Way = keyof typeof WAYS;
const EACH = CLIENT_KINDS.flatMap((kind) =>
  (['HTTP', 'stdio'] as const).map((way) => [kind, way] as const),
);

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
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.close();
});

let count = 0;
/** A client that has requested access at this server and can wait there. */
async function askAt(url: string, kind: ClientKind, way: Way) {
  count += 1;
  const resource = `vsecure://secrets/production/NUMBER_${count}`;
  await services.secret(`value ${count}`, resource);
  const { token } = await services.agent(`agent-${count}`);
  const client = await connectClient({ url, token, kind, through: WAYS[way] && [...WAYS[way]] });
  onTestFinished(() => client.close());
  const question = { resources: [resource], operation: 'read', reason: REASON };
  const asked = fields(await call(client, 'request-access', question));
  const id = asked['approval_id'] as ApprovalId;
  return { client, token, resource, id, value: `value ${count}` };
}
type Asker = Awaited<ReturnType<typeof askAt>>;

/** Begins to wait, for longer than any test runs. Resolves when the server holds the call; `end` is its answer, or its fault. */
async function hold({ client, id }: Asker) {
  let held = false;
  const onprogress = () => {
    held = true;
  };
  const wait = { approval_id: id, wait_seconds: 240 };
  const answer = call(client, 'wait-for-decision', wait, { onprogress });
  const end = answer.then(fields, (fault: Error) => fault);
  await until('the call to be held', () => held);
  return { end };
}

const waitAgain = async ({ client, id }: Asker) =>
  fields(await call(client, 'wait-for-decision', { approval_id: id }));

async function decide({ id }: Asker): Promise<void> {
  const person = await services.decider('alice@example.com');
  unwrap(
    await services.useCases.decide(person, { approval: id, verdict: 'approve', reason: 'yes' }),
  );
}

async function expectRead({ client, resource, value }: Asker): Promise<void> {
  const read = await call(client, 'read-secret', { resource });
  expect(read.structured).toMatchObject({ resource, value });
}

describe.each(EACH)('a %s client over %s', (kind, way) => {
  test('the client loses its connection while it waits, and gets the answer when it waits again', async () => {
    await using proxy = await tcpProxy(server.url);
    const asker = await askAt(proxy.url, kind, way);
    await hold(asker);
    proxy.cut();
    // A pooled connection may still look alive to it.
    const gotThrough = () => asker.client.listTools().then(Boolean, () => false);
    await until('the client to get through again', gotThrough);
    const waiting = waitAgain(asker);
    await decide(asker);
    expect(await waiting).toMatchObject({ status: 'approved', decision_reason: 'yes' });
    await expectRead(asker);
  });

  test('the client waits at a server that is killed, and gets the decision from the next server', async () => {
    const asker = await askAt(server.url, kind, way);
    await hold(asker);
    await server.kill9();
    await decide(asker);
    await server.restart();
    expect(await waitAgain(asker)).toMatchObject({ status: 'approved', decision_reason: 'yes' });
    await expectRead(asker);
  });

  test('the client gets a decision that was made at another process', async () => {
    const asker = await askAt(server.url, kind, way);
    const { end } = await hold(asker);
    await alice.mcp.deny(asker.id, { reason: 'use the replica' });
    expect(await end).toMatchObject({ status: 'denied', decision_reason: 'use the replica' });
    const elsewhere = await connectClient({ url: other.url, token: asker.token, kind });
    onTestFinished(() => elsewhere.close());
    const answer = await waitAgain({ ...asker, client: elsewhere });
    expect(answer).toMatchObject({ status: 'denied' });
  });
});

test('a call lost with the server is answered immediately over stdio', async () => {
  const asker = await askAt(server.url, 'v1', 'stdio');
  const { end } = await hold(asker);
  await server.kill9();
  const fault = await end;
  expect(fault).toBeInstanceOf(Error);
  expect(String(fault)).toMatch(/broke before the answer arrived/);
  await server.restart();
});
