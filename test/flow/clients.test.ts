/** AI tools of every kind, over HTTP and over stdio, each ask, wait and read at one real server; a person decides by REST. */

import { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VSecureClient } from '../../src/sdk/index.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  type AnyClient,
  CLIENT_KINDS,
  type ClientKind,
  call,
  connectClient,
  ERA,
  fields,
} from '../support/mcp-client.js';
import { RELAY } from '../support/relay.js';
import type { RunningServer } from '../support/server.js';
import { REASON, type Services } from '../support/services.js';
import { until } from '../support/until.js';
import { vsecureCommand } from '../support/vsecure.js';
import { openServers } from './real-servers.js';

/** How a client gets to the server; undefined is HTTP. */
const WAYS: Record<string, readonly [string, ...string[]] | undefined> = {
  HTTP: undefined,
  'mcp-server-vsecure': [process.execPath, RELAY],
  'vsecure mcp': vsecureCommand('mcp'),
};

const EACH = CLIENT_KINDS.flatMap((kind) => Object.keys(WAYS).map((way) => [kind, way] as const));

let services: Services;
let server: RunningServer;
let alice: VSecureClient;
let stop: () => Promise<unknown>;
beforeAll(async () => {
  ({ services, server, alice, stop } = await openServers(1));
});
afterAll(async () => {
  await stop();
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.close();
});

let count = 0;
async function agentOf(kind: ClientKind, way: string) {
  count += 1;
  const resource = `vsecure://secrets/production/NUMBER_${count}`;
  await services.secret(`value ${count}`, resource);
  const { token } = await services.agent(`agent-${count}`);
  const client = await connectClient({ url: server.url, token, kind, through: WAYS[way] });
  return { client, resource, value: `value ${count}` };
}

async function ask(client: AnyClient, resource: string): Promise<string> {
  const question = { resources: [resource], operation: 'read', reason: REASON };
  const asked = fields(await call(client, 'request-access', question));
  expect(asked).toMatchObject({ status: 'pending', resources: [resource] });
  return String(asked['approval_id']);
}

/** Begins to wait; `waits` becomes true when the server says that it holds the call. */
function wait(client: AnyClient, approval_id: string) {
  const held = { waits: false };
  const onprogress = () => {
    held.waits = true;
  };
  const answer = call(client, 'wait-for-decision', { approval_id }, { onprogress });
  return { answer, held: () => until('the call to be held', () => held.waits) };
}

describe.each(EACH)('a %s client over %s', (kind, way) => {
  test('the client requests access, waits for the decision, and reads the secret', async () => {
    const { client, resource, value } = await agentOf(kind, way);
    expect(client.getServerVersion()).toMatchObject({ name: 'vsecure' });
    if (client instanceof Client) expect(client.getNegotiatedProtocolVersion()).toBe(ERA[kind]);
    const id = await ask(client, resource);
    const waiting = wait(client, id);
    await waiting.held();
    await alice.mcp.approve(id, { reason: 'go ahead' });
    expect(fields(await waiting.answer)).toMatchObject({
      status: 'approved',
      decision_reason: 'go ahead',
      next: { tool: 'read-secret', arguments: { resource } },
    });
    const read = await call(client, 'read-secret', { resource });
    expect(read.structured).toMatchObject({ resource, value, encoding: 'utf8' });
    await client.close();
  });

  test('the client gets a denial with its reason, and no value', async () => {
    const { client, resource } = await agentOf(kind, way);
    const id = await ask(client, resource);
    const waiting = wait(client, id);
    await waiting.held();
    await alice.mcp.deny(id, { reason: 'use the replica instead' });
    expect(await waiting.answer).toMatchObject({
      isError: false,
      structured: { status: 'denied', decision_reason: 'use the replica instead' },
    });
    const read = await call(client, 'read-secret', { resource });
    expect(read).toMatchObject({ isError: true, error: { code: 'approval_required' } });
    await client.close();
  });
});
