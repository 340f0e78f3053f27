/** A custom MCP server as an AI tool uses it: a process with MCP on stdio. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSecureToken, MCPServer } from '../../src/sdk/server/index.js';
import { type Serving, startServing } from '../http/serving.js';
import { builtProgram } from '../support/built.js';
import {
  type AnyClient,
  CLIENT_KINDS,
  type ClientKind,
  callTool,
  connectClient,
} from '../support/mcp-client.js';
import { DATABASE_URL } from '../support/services.js';
import { until } from '../support/until.js';
import { OPEN, type Program, startCommand } from '../support/vsecure.js';

const COMMAND = builtProgram('test/sdk/custom-server.ts');

let serving: Serving;
let token: string;
const clients: AnyClient[] = [];
beforeAll(async () => {
  serving = await startServing();
  ({ token } = await serving.services.agent());
  await serving.services.policy();
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await serving.close();
});

/** Starts the server the way an AI tool does, and connects to it. */
async function connected(kind: ClientKind = 'v1'): Promise<AnyClient> {
  const url = serving.server.url;
  const client = await connectClient({ url, token, kind, through: COMMAND });
  clients.push(client);
  return client;
}

const text = (content: string) => [{ type: 'text', text: content }];

describe.each(CLIENT_KINDS)('for a client of kind %s', (kind) => {
  let client: AnyClient;
  beforeAll(async () => {
    client = await connected(kind);
  });

  const answer = async (name: string, args?: Record<string, unknown>) => {
    const answered = await client.callTool({ name, ...(args && { arguments: args }) });
    const { content, structuredContent, isError } = answered;
    return { content, structuredContent, isError };
  };

  test('the server announces its name, version, instructions and tool schemas', async () => {
    expect(client.getServerVersion()).toMatchObject({ name: 'custom', version: '2.1.0' });
    expect(client.getInstructions()).toContain('Call ask');
    const { tools } = await client.listTools();
    const schemas = Object.fromEntries(tools.map(({ name, inputSchema }) => [name, inputSchema]));
    expect(schemas['arguments']).toMatchObject({ type: 'object', additionalProperties: {} });
    expect(schemas['add']).toMatchObject({
      required: ['a'],
      properties: { a: { type: 'number' } },
    });
  });

  test('a tool announces its title, description, annotations and schema', async () => {
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === 'described')).toMatchObject({
      title: 'Adds',
      description: 'Adds two numbers.',
      annotations: { readOnlyHint: true },
      inputSchema: { required: ['a', 'b'] },
    });
    expect((await answer('described', { a: 1, b: 2 })).structuredContent).toEqual({ sum: 3 });
  });

  test('a handler without a schema gets the arguments unchanged, or an empty object', async () => {
    const args = { name: 'production/DATABASE_URL', nested: { list: [1, null] } };
    expect((await answer('arguments', args)).structuredContent).toEqual(args);
    expect((await answer('arguments')).structuredContent).toEqual({});
  });

  test('a handler with a schema gets validated arguments and is not called with invalid ones', async () => {
    expect((await answer('add', { a: 2 })).structuredContent).toEqual({ sum: 3 });
    expect(await answer('add', { a: 'two' })).toMatchObject({ isError: true });
  });

  test('a handler returns text as it is, an object as JSON and structured content, anything else as JSON', async () => {
    expect(await answer('text')).toEqual({ content: text('plain words') });
    expect(await answer('list')).toEqual({ content: text('[1,"two"]') });
    expect(await answer('nothing')).toEqual({ content: [] });
    const own = { at: '1970-01-01T00:00:00.000Z', hidden: '[secret]' };
    expect(await answer('own-form')).toEqual({
      content: text(JSON.stringify(own)),
      structuredContent: own,
    });
  });

  test('an error thrown in a handler becomes a tool error with its message', async () => {
    const failed = (message: string) => ({ isError: true, content: text(message) });
    expect(await answer('throw')).toEqual(failed('Approval required'));
    expect(await answer('throw-text')).toEqual(failed('only words'));
    expect(await answer('function')).toEqual(failed('a tool cannot return a function'));
    expect(await answer('circle')).toMatchObject({ isError: true });
    const refused = await answer('refused');
    expect(refused).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^not_found: .*Check the id/) }],
    });
  });

  test('a client that requests progress gets it', async () => {
    const received: { progress: number; message?: string | undefined }[] = [];
    const onprogress = (update: (typeof received)[number]) => void received.push(update);
    const called = callTool(client, 'progress', {}, { onprogress });
    await until('both progress messages', () => received.length === 2);
    expect(received.map(({ message }) => message)).toEqual(['half of it', 'all of it']);
    expect(received[1]?.progress).toBeGreaterThan(received[0]?.progress ?? Number.NaN);
    await answer('finish');
    expect((await called).content).toEqual(text('done'));
    expect((await answer('progress')).content).toEqual(text('done'));
  });
});

describe('while a tool waits for a person', () => {
  let approver: string;
  beforeAll(async () => {
    approver = (await serving.services.human('alice@example.com')).token;
  });

  const pending = async () => {
    const listed = await serving.api('GET', '/approvals?status=pending', { token: approver });
    return (listed.json as { items: { id: string; asked: number }[] }).items[0];
  };
  const approve = (id: string) =>
    serving.api('POST', `/approvals/${id}/decision`, {
      token: approver,
      body: { action: 'approve' },
    });

  test.each(CLIENT_KINDS)(
    'a %s client sees progress, and the answer after the decision',
    async (kind) => {
      const client = await connected(kind);
      const resource = `vsecure://secrets/production/${kind.replace(' ', '_')}`;
      const messages: (string | undefined)[] = [];
      const asked = callTool(
        client,
        'ask',
        { resource },
        { onprogress: ({ message }) => void messages.push(message) },
      );
      await until('progress', () => messages.length > 0);
      const { id } = await until('the request', pending);
      expect(messages).toEqual([`Waiting for a person to decide ${id}.`]);
      expect((await approve(id)).status).toBe(200);
      expect((await asked).structuredContent).toEqual({ id, status: 'approved' });
    },
  );

  test('a cancelled call finds the same request when it is repeated, in the same process or the next', async () => {
    const first = await connected();
    const controller = new AbortController();
    const cancelled = callTool(
      first,
      'ask',
      { resource: DATABASE_URL },
      { signal: controller.signal },
    );
    const { id } = await until('the request', pending);
    controller.abort();
    await expect(cancelled).rejects.toThrow();
    await expect(
      callTool(first, 'ask', { resource: DATABASE_URL }, { timeout: 300 }),
    ).rejects.toThrow(/timed out/);
    await first.close();

    const second = await connected();
    const again = callTool(second, 'ask', { resource: DATABASE_URL });
    await until('the request to be repeated twice', async () => {
      const found = await pending();
      return found?.id === id && found.asked === 3;
    });
    await approve(id);
    const approved = { id, status: 'approved' };
    expect((await again).structuredContent).toEqual(approved);
    const later = await callTool(second, 'ask', { resource: DATABASE_URL });
    expect(later.structuredContent).toEqual(approved);
  });
});

describe('shutdown', () => {
  const INITIALIZE = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a test', version: '0' },
    },
  };

  /** Starts a server with two running calls: one waits for a person, the other waits to be aborted. */
  async function startWithRunningCalls(): Promise<Program> {
    const env = { VSECURE_URL: serving.server.url, VSECURE_API_KEY: token };
    const program = startCommand(COMMAND, { env, stdin: OPEN });
    const send = (message: object) => program.type(`${JSON.stringify(message)}\n`);
    const call = (id: number, name: string, args: object) =>
      send({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
    send(INITIALIZE);
    await until('the handshake', () => program.stdout().includes('protocolVersion'));
    send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    call(2, 'ask', { resource: 'vsecure://secrets/production/ENDLESS' });
    call(3, 'wait-for-the-end', {});
    await until('the calls to start', () => program.stderr().includes('waiting'));
    return program;
  }

  test.each([
    ['stdin ends', (program: Program) => program.close(), 0],
    ['the process gets SIGTERM', (program: Program) => program.end('SIGTERM'), 'SIGTERM'],
    ['the process gets SIGINT', (program: Program) => program.end('SIGINT'), 'SIGINT'],
  ] as const)(
    'ends the process immediately when %s and aborts every running call',
    async (_, end, exit) => {
      const ended = await end(await startWithRunningCalls());
      expect(ended.stderr).toContain('aborted');
      expect(ended.exit).toBe(exit);
      expect(ended.stdout.trimEnd().split('\n')).toHaveLength(1);
    },
  );
});

test('a second tool with the same name is refused', () => {
  const server = new MCPServer({ name: 'custom' });
  server.tool('twice', () => 1);
  expect(() => server.tool('twice', () => 2)).toThrow('a tool named twice already exists');
});

test('generateSecureToken returns the requested number of random bytes and refuses fewer than 16', () => {
  expect(generateSecureToken()).toMatch(/^[\w-]{43}$/);
  expect(generateSecureToken(48)).toMatch(/^[\w-]{64}$/);
  expect(new Set(Array.from({ length: 1000 }, () => generateSecureToken(16))).size).toBe(1000);
  for (const bytes of [15, 0, -1, 16.5, Number.NaN, 65_537])
    expect(() => generateSecureToken(bytes)).toThrow(RangeError);
});
