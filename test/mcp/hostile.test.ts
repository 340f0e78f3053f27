/** Hostile POSTs: refused cheaply, without repeating the input, and before any use case is called. */

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from './endpoint.js';
import { APPROVAL_ID, agentCaller, SECRET, stubUseCases } from './tool-calls.js';

const CANARY = 'canary-51d0be77';
const MODERN = '2026-07-28';
const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint({
    // No use case may be called.
    useCases: stubUseCases(),
    keys: { agent: agentCaller('agent') },
    publicOrigin: 'https://console.example.com',
  });
});
afterAll(async () => {
  expect(endpoint.errors).toEqual([]);
  await endpoint.close();
});

/** A tool call as JSON text, of a 2025 client or, with `modern`, of one that speaks 2026-07-28. */
function toolCall(name: string, args: string, modern: boolean): string {
  const meta = `{"io.modelcontextprotocol/protocolVersion":"${MODERN}","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"x","version":"1"}}`;
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${args}${modern ? `,"_meta":${meta}` : ''}}}`;
}

const headersOf = (name: string, modern: boolean): Record<string, string> =>
  modern
    ? { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': name }
    : { 'mcp-protocol-version': '2025-11-25' };

/** The one JSON-RPC message of an answer, which is JSON or an event stream. */
async function messageOf(answer: Response) {
  const text = await answer.text();
  const data = /^data: (\{.*)$/m.exec(text)?.[1] ?? text;
  return { text, message: JSON.parse(data) };
}

const ASK = `"operation":"read","reason":"to look at the incident"`;
const WRONG_ARGUMENTS: readonly (readonly [what: string, tool: string, args: string])[] = [
  ['an unknown argument', 'list-secrets', `{"${CANARY}":1}`],
  ['an unknown argument beside good ones', 'read-secret', `{"resource":"${SECRET}","${CANARY}":1}`],
  ['constructor', 'list-secrets', `{"constructor":{"prototype":"${CANARY}"}}`],
  ['a number for a text', 'read-secret', '{"resource":51077}'],
  ['a list for a text', 'read-secret', `{"resource":["${CANARY}"]}`],
  ['a huge text', 'read-secret', `{"resource":"${CANARY}${'a'.repeat(100_000)}"}`],
  ['a wrong id', 'wait-for-decision', `{"approval_id":"${CANARY}"}`],
  ['the id of something else', 'release-grant', `{"grant_id":"${APPROVAL_ID}"}`],
  ['an id with a line break', 'wait-for-decision', `{"approval_id":"${APPROVAL_ID}\\n"}`],
  [
    'an unknown operation',
    'request-access',
    `{"resources":["${SECRET}"],"operation":"${CANARY}","reason":"x"}`,
  ],
  ['no resources', 'request-access', `{"resources":[],${ASK}}`],
  [
    'too many resources',
    'request-access',
    `{"resources":[${Array(21).fill(`"${CANARY}"`)}],${ASK}}`,
  ],
  [
    'a very long list',
    'request-access',
    `{"resources":[${Array(4000).fill(`"${CANARY}"`)}],${ASK}}`,
  ],
  [
    'a very long reason',
    'request-access',
    `{"resources":["${SECRET}"],"operation":"read","reason":"${CANARY.repeat(1000)}"}`,
  ],
  [
    'a duration in words',
    'request-access',
    `{"resources":["${SECRET}"],${ASK},"duration":"${CANARY}"}`,
  ],
  ['a duration of nothing', 'request-access', `{"resources":["${SECRET}"],${ASK},"duration":"0m"}`],
  ['a version beyond the database', 'read-secret', `{"resource":"${SECRET}","version":2147483648}`],
  ['a cursor with NUL', 'list-secrets', `{"cursor":"${CANARY}\\u0000"}`],
];

describe.each([
  ['2025-11-25', false],
  ['2026-07-28', true],
])('in %s', (_era, modern) => {
  test.each(WRONG_ARGUMENTS)(
    '%s is refused by %s without repeating it',
    async (_what, tool, args) => {
      const answer = await endpoint.post(toolCall(tool, args, modern), headersOf(tool, modern));
      const { text, message } = await messageOf(answer);
      expect(text).not.toContain(CANARY);
      const [block] = message.result.content;
      expect(message.result).toMatchObject({ isError: true, content: [{ type: 'text' }] });
      expect(message.result).not.toHaveProperty('structuredContent');
      expect(JSON.parse(block.text).error.code).toBe('invalid_input');
    },
  );

  test.each(['null', '[]', '"x"', '1'])(
    'arguments that are %s never reach a use case',
    async (args) => {
      const answer = await endpoint.post(
        toolCall('release-grant', args, modern),
        headersOf('release-grant', modern),
      );
      const { message } = await messageOf(answer);
      expect(
        message.error?.code ?? JSON.parse(message.result.content[0].text).error.code,
      ).toBeOneOf([-32602, -32600, 'invalid_input']);
    },
  );

  test.each(['approve', '__proto__', 'constructor', 'decide'])(
    'the unknown tool "%s" is refused',
    async (tool) => {
      const answer = await endpoint.post(toolCall(tool, '{}', modern), headersOf(tool, modern));
      expect((await messageOf(answer)).message).toMatchObject({ error: { code: -32602 } });
    },
  );
});

test.each([
  ['another method', { 'mcp-method': 'tools/list' }],
  ['another tool', { 'mcp-name': 'list-secrets' }],
  ['no method', { 'mcp-method': '' }],
  ['another protocol', { 'mcp-protocol-version': '2025-11-25' }],
])('headers that name %s instead of that in the body are refused', async (_what, wrong) => {
  const headers = { ...headersOf('release-grant', true), ...wrong };
  const answer = await endpoint.post(toolCall('release-grant', '{}', true), headers);
  const { message } = await messageOf(answer);
  expect(answer.status).toBe(400);
  expect(message.error.code).toBeLessThan(0);
});

test('headers that differ from the body are refused before the name of the tool is looked at', async () => {
  const headers = { ...headersOf(CANARY, true), 'mcp-method': 'tools/list' };
  const { message } = await messageOf(await endpoint.post(toolCall(CANARY, '{}', true), headers));
  expect(message.error.code).toBe(-32020);
  expect(JSON.stringify(message)).not.toContain(CANARY);
});

describe('before the protocol', () => {
  test.each([
    ['more than 256 kB', `{"a":"${'x'.repeat(300_000)}"}`, 413],
    ['nested 33 levels deep', '['.repeat(34) + ']'.repeat(34), 400],
    ['nested a hundred thousand levels deep', '['.repeat(100_000) + ']'.repeat(100_000), 400],
    ['not JSON', `{"${CANARY}`, 400],
    ['a JSON text', `"${CANARY}"`, 400],
    ['JSON, but no message', `{"${CANARY}":1}`, 400],
    ['a batch of messages', '[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]', 400],
    [
      'a message with a duplicate name',
      '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}',
      400,
    ],
    ['a list of invalid messages', `[{"${CANARY}":1}]`, 400],
    ['empty', '', 400],
  ])('a body that is %s is refused', async (_what, body, status) => {
    const answer = await endpoint.post(body);
    expect(answer.status).toBe(status);
    const { text, message } = await messageOf(answer);
    expect(message.error.code).toBeLessThan(0);
    expect(text).not.toContain(CANARY);
  });

  test('a compressed body is refused, because a small one could expand to a large one', async () => {
    const body = gzipSync(Buffer.alloc(1_000_000)).toString('latin1');
    const answer = await endpoint.post(body, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(415);
  });

  test('a body that is not declared as JSON is refused', async () => {
    const answer = await endpoint.post('{}', { 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
  });

  test('a web page may not call, unless it is a page of the server itself', async () => {
    const from = async (origin: string) => (await endpoint.post(LIST, { origin })).status;
    const { port } = new URL(endpoint.origin);
    const others = [
      'https://evil.example',
      'null',
      '',
      'http://console.example.com',
      'http://127.0.0.1',
      `http://127.0.0.1:${Number(port) + 1}`,
      `http://localhost:${port}`,
      `http://evil@127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.evil.example`,
      `${endpoint.origin}/`,
    ];
    for (const origin of others) expect(await from(origin), origin).toBe(403);
    expect(await from('https://console.example.com')).toBe(200);
    expect(await from(endpoint.origin)).toBe(200);
    expect((await endpoint.post(LIST)).status).toBe(200);
  });

  test('a client that accepts everything is answered; one that accepts neither JSON nor events is not', async () => {
    const accepting = async (accept: string) => (await endpoint.post(LIST, { accept })).status;
    for (const accept of ['*/*', 'application/*, text/*', 'text/event-stream;q=0.5, */*;q=0.1'])
      expect(await accepting(accept), accept).toBe(200);
    for (const accept of ['text/html', 'application/json;q=0, */*'])
      expect(await accepting(accept), accept).toBe(406);
  });

  test.each(['GET', 'DELETE', 'PUT'])('%s without a session is refused', async (method) => {
    const answer = await fetch(endpoint.url, {
      method,
      headers: { authorization: 'Bearer agent' },
    });
    expect(answer.status).toBe(405);
  });

  test('an answer must not be cached', async () => {
    const answer = await endpoint.post(LIST);
    expect(answer.headers.get('cache-control')).toMatch(/no-store|no-cache/);
  });
});

test('an unauthenticated request reaches no tool, even if the authentication middleware is missing', async () => {
  const answer = await fetch(`${endpoint.origin}/unguarded`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  });
  expect(answer.status).toBe(500);
  const { message } = await messageOf(answer);
  expect(message.error.message).toMatch(/^internal error, reference [0-9a-f-]{36}$/);
  expect(endpoint.errors.splice(0)).toMatchObject([{ details: { where: 'http' } }]);
});
