/** A custom MCP server as an AI tool meets it: a process that speaks on stdio. */

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

/** An AI tool that has started the server. */
async function connected(kind: ClientKind = 'v1'): Promise<AnyClient> {
  const url = serving.server.url;
  const client = await connectClient({ url, token, kind, through: COMMAND });
  clients.push(client);
  return client;
}

const text = (words: string) => [{ type: 'text', text: words }];

describe.each(CLIENT_KINDS)('to a client of the kind %s', (kind) => {
  let client: AnyClient;
  beforeAll(async () => {
    client = await connected(kind);
  });

  const answer = async (name: string, args?: Record<string, unknown>) => {
    const answered = await client.callTool({ name, ...(args && { arguments: args }) });
    const { content, structuredContent, isError } = answered;
    return { content, structuredContent, isError };
  };

  test('the server says what it is and what its tools take', async () => {
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

  test('a handler without a schema gets the arguments as they were sent, or none', async () => {
    const args = { name: 'production/DATABASE_URL', nested: { list: [1, null] } };
    expect((await answer('arguments', args)).structuredContent).toEqual(args);
    expect((await answer('arguments')).structuredContent).toEqual({});
  });

  test('a handler with a schema gets what it has checked, and is not called for anything else', async () => {
    expect((await answer('add', { a: 2 })).structuredContent).toEqual({ sum: 3 });
    expect(await answer('add', { a: 'two' })).toMatchObject({ isError: true });
  });

  test('text comes as it is, an object as JSON and as structured content, all else as JSON', async () => {
    expect(await answer('text')).toEqual({ content: text('plain words') });
    expect(await answer('list')).toEqual({ content: text('[1,"two"]') });
    expect(await answer('nothing')).toEqual({ content: [] });
    const own = { at: '1970-01-01T00:00:00.000Z', hidden: '[secret]' };
    expect(await answer('own-form')).toEqual({
      content: text(JSON.stringify(own)),
      structuredContent: own,
    });
  });

  test('what is thrown comes as a tool error with its message', async () => {
    const failed = (words: string) => ({ isError: true, content: text(words) });
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

  test('progress reaches a client that asks for it', async () => {
    const said: { progress: number; message?: string | undefined }[] = [];
    const onprogress = (told: (typeof said)[number]) => void said.push(told);
    const called = callTool(client, 'progress', {}, { onprogress });
    await until('both signs of progress', () => said.length === 2);
    expect(said.map(({ message }) => message)).toEqual(['half of it', 'all of it']);
    expect(said[1]?.progress).toBeGreaterThan(said[0]?.progress ?? Number.NaN);
    await answer('go-on');
    expect((await called).content).toEqual(text('done'));
    expect((await answer('progress')).content).toEqual(text('done'));
  });
});

describe('while a person is waited for', () => {
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

  test.each(CLIENT_KINDS)('%s sees progress, and the answer once it is decided', async (kind) => {
    const client = await connected(kind);
    const resource = `vsecure://secrets/production/${kind.replace(' ', '_')}`;
    const said: (string | undefined)[] = [];
    const asked = callTool(
      client,
      'ask',
      { resource },
      { onprogress: ({ message }) => void said.push(message) },
    );
    await until('progress', () => said.length > 0);
    const { id } = await until('the request', pending);
    expect(said).toEqual([`Waiting for a person to decide on ${id}.`]);
    expect((await approve(id)).status).toBe(200);
    expect((await asked).structuredContent).toEqual({ id, status: 'approved' });
  });

  test('a call that is given up and made again, by the same process or the next, meets the same request', async () => {
    const first = await connected();
    const giveUp = new AbortController();
    const given = callTool(first, 'ask', { resource: DATABASE_URL }, { signal: giveUp.signal });
    const { id } = await until('the request', pending);
    giveUp.abort();
    await expect(given).rejects.toThrow();
    await expect(
      callTool(first, 'ask', { resource: DATABASE_URL }, { timeout: 300 }),
    ).rejects.toThrow(/timed out/);
    await first.close();

    const second = await connected();
    const again = callTool(second, 'ask', { resource: DATABASE_URL });
    await until('the question to be asked for the third time', async () => {
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

describe('the end', () => {
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

  /** A server in the middle of two calls: one that waits for a person, one that waits for its own end. */
  async function inTheMiddle(): Promise<Program> {
    const env = { VSECURE_URL: serving.server.url, VSECURE_API_KEY: token };
    const program = startCommand(COMMAND, { env, stdin: OPEN });
    const say = (message: object) => program.type(`${JSON.stringify(message)}\n`);
    const call = (id: number, name: string, args: object) =>
      say({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
    say(INITIALIZE);
    await until('the handshake', () => program.stdout().includes('protocolVersion'));
    say({ jsonrpc: '2.0', method: 'notifications/initialized' });
    call(2, 'ask', { resource: 'vsecure://secrets/production/ENDLESS' });
    call(3, 'wait-for-the-end', {});
    await until('the calls to have begun', () => program.stderr().includes('waiting'));
    return program;
  }

  test.each([
    ['stdin ends', (program: Program) => program.close(), 0],
    ['it is terminated', (program: Program) => program.end('SIGTERM'), 'SIGTERM'],
    ['it is interrupted', (program: Program) => program.end('SIGINT'), 'SIGINT'],
  ] as const)('comes at once when %s, and every call under way is told', async (_, end, exit) => {
    const ended = await end(await inTheMiddle());
    expect(ended.stderr).toContain('given up');
    expect(ended.exit).toBe(exit);
    expect(ended.stdout.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('two tools cannot have one name', () => {
  const server = new MCPServer({ name: 'custom' });
  server.tool('twice', () => 1);
  expect(() => server.tool('twice', () => 2)).toThrow('a tool named twice already');
});

test('a token has as many random bytes as are asked for, and never few', () => {
  expect(generateSecureToken()).toMatch(/^[\w-]{43}$/);
  expect(generateSecureToken(48)).toMatch(/^[\w-]{64}$/);
  expect(new Set(Array.from({ length: 1000 }, () => generateSecureToken(16))).size).toBe(1000);
  for (const bytes of [15, 0, -1, 16.5, Number.NaN, 65_537])
    expect(() => generateSecureToken(bytes)).toThrow(RangeError);
});
