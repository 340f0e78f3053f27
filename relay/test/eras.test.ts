/** Every kind of client gets the same through the relay as from vsecure directly. */
import { Client as NewClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/folder.js';
import { API_KEY, type McpTestServer, startMcpServer } from './mcp-server.js';
import { COMMAND } from './relay-process.js';

const INFO = { name: 'test', version: '0.0.0' };
let server: McpTestServer;

const CLIENTS = [
  { name: 'the v1 client', connect: connectOld, version: '2025-11-25' },
  { name: 'the v2 client, legacy', connect: () => connectNew('legacy'), version: '2025-11-25' },
  { name: 'the v2 client, auto', connect: () => connectNew('auto'), version: '2026-07-28' },
  {
    name: 'the v2 client, pinned',
    connect: () => connectNew({ pin: '2026-07-28' }),
    version: '2026-07-28',
  },
] as const;

describe.each(CLIENTS)('$name', ({ connect, version }) => {
  let client: AnyClient;

  beforeAll(async () => {
    server = await startMcpServer();
    client = await connect();
  });

  afterAll(async () => {
    await client.close();
    await server.close();
  });

  it('lists tools and makes many calls at once, each answered with its own result', async () => {
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(['echo', 'wait', 'hold']);

    const texts = Array.from({ length: 40 }, (_, at) => `call ${at}`);
    const results = await Promise.all(
      texts.map((text) => client.callTool({ name: 'echo', arguments: { text } })),
    );
    expect(results.map((result) => result.content)).toEqual(
      texts.map((text) => [{ type: 'text', text }]),
    );
  });

  it('gets the progress of a call while it runs, then its result', async () => {
    const seen: number[] = [];
    const onprogress: OnProgress = ({ progress }) => {
      seen.push(progress);
      server.step();
    };
    const call = { name: 'wait', arguments: { steps: 5 } };
    const { content } = await callWithProgress(client, call, onprogress);
    expect(content).toEqual([{ type: 'text', text: 'waited' }]);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it(`sends protocol version ${version} and the key with every POST after the first`, async () => {
    await client.callTool({ name: 'echo', arguments: { text: 'x' } });
    const later = server.posts.slice(1);
    expect(later.length).toBeGreaterThan(0);
    for (const headers of later) {
      expect(headers['mcp-protocol-version']).toBe(version);
      expect(headers.authorization).toBe(`Bearer ${API_KEY}`);
    }
    const modern = version === '2026-07-28';
    expect(later.at(-1)?.['mcp-method']).toBe(modern ? 'tools/call' : undefined);
    expect(later.at(-1)?.['mcp-name']).toBe(modern ? 'echo' : undefined);
  });

  it('ends a call on the server when it cancels it, and can call again', async () => {
    const cancel = new AbortController();
    const call = callUntil(client, { name: 'hold', arguments: {} }, cancel.signal);
    const refused = expect(call).rejects.toThrow();
    await server.held;
    cancel.abort();
    await refused;
    await server.released;
    const after = await client.callTool({ name: 'echo', arguments: { text: 'still here' } });
    expect(after.content).toEqual([{ type: 'text', text: 'still here' }]);
  });
});

it('a client of protocol 2026-07-28 gets the notifications it listens for until it closes the stream', async () => {
  server = await startMcpServer();
  const client = await connectNew({ pin: '2026-07-28' });
  const notified = new Promise<void>((resolve) => {
    client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
  });
  const subscription = await client.listen({ toolsListChanged: true });
  server.changeTools();
  await notified;
  await subscription.close();
  expect(await subscription.closed).toBe('local');
  expect((await client.listTools()).tools).toHaveLength(3);
  await client.close();
  await server.close();
});

interface Call {
  name: string;
  arguments: Record<string, unknown>;
}
type AnyClient = OldClient | NewClient;
type OnProgress = (progress: { progress: number }) => void;

function parameters() {
  const HOME = temporaryFolder('home');
  return { ...COMMAND, env: { HOME, VSECURE_URL: server.url, VSECURE_API_KEY: API_KEY } };
}

async function connectOld(): Promise<AnyClient> {
  const client = new OldClient(INFO);
  await client.connect(new OldStdio({ ...parameters(), stderr: 'ignore' }));
  return client;
}

async function connectNew(mode: 'legacy' | 'auto' | { pin: string }): Promise<NewClient> {
  const client = new NewClient(INFO, { versionNegotiation: { mode } });
  await client.connect(new NewStdio({ ...parameters(), stderr: 'ignore' }));
  return client;
}

function callWithProgress(client: AnyClient, call: Call, onprogress: OnProgress) {
  return client instanceof OldClient
    ? client.callTool(call, undefined, { onprogress })
    : client.callTool(call, { onprogress });
}

function callUntil(client: AnyClient, call: Call, signal: AbortSignal) {
  return client instanceof OldClient
    ? client.callTool(call, undefined, { signal })
    : client.callTool(call, { signal });
}
