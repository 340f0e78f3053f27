/** After any fault of the server or on stdin, the caller gets one JSON-RPC answer, the key does not leak, and the relay keeps running. */
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_KEY, listen, type McpTestServer, startMcpServer } from './mcp-server.js';
import { messagesOf, type RelayProcess, type Response, startRelay } from './relay-process.js';

let relay: RelayProcess;

async function expectCleanExit(): Promise<void> {
  relay.child.stdin.end();
  expect(await relay.exited).toBe(0);
  // Throws for a line that is not JSON.
  for (const message of messagesOf(relay.stdout()))
    expect(message).toHaveProperty('jsonrpc', '2.0');
  expect(relay.stdout() + relay.stderr()).not.toContain(API_KEY);
}

describe('when vsecure answers with a fault', () => {
  let respond: RequestListener = () => {};
  let received = 0;
  let bad: { url: string; close(): Promise<void> };

  // One relay meets all faults in turn, so each test also shows that it survived the previous ones.
  beforeAll(async () => {
    bad = await listen(
      createServer((req, res) => {
        received++;
        req.resume().on('end', () => respond(req, res));
      }),
    );
    relay = startRelay({ VSECURE_URL: bad.url, VSECURE_API_KEY: API_KEY });
  });

  beforeEach(() => {
    received = 0;
  });

  afterAll(async () => {
    await expectCleanExit();
    await bad.close();
  });

  it.each([
    ['a list', 'tools/list', {}, false],
    ['a wait', 'tools/call', { name: 'wait-for-decision' }, false],
    ['a request', 'tools/call', { name: 'request-access' }, true],
    ['a read, which is counted', 'tools/call', { name: 'read-secret' }, true],
    ['a call of an unknown tool', 'tools/call', { name: 'approve' }, true],
  ] as const)(
    '%s that breaks off (%s %o) says that it may have had an effect: %s',
    async (name, method, params, effect) => {
      for (const [at, listener] of [cutOff('application/json', '{"json'), status(500)].entries()) {
        respond = listener;
        const { error } = await relay.call(`${name} ${at}`, method, params);
        expect(error?.message.includes('may have taken effect')).toBe(effect);
      }
    },
  );

  function answersTo(id: string): Response[] {
    return messagesOf(relay.stdout()).filter((message) => message.id === id);
  }

  it.each([
    ['500', 'server_error', status(500)],
    ['503 in JSON-RPC', 'server_error', status(503, '{"jsonrpc":"2.0","id":null,"error":{}}')],
    ['401', 'key_refused', status(401, '{"error":"invalid_token"}')],
    ['403', 'forbidden', status(403)],
    ['404', 'not_found', status(404, 'Not found')],
    ['413', 'too_large', status(413)],
    ['429', 'rate_limited', status(429, '', { 'retry-after': '7' })],
    ['a redirect', 'redirected', status(307, '', { location: 'http://127.0.0.1:1/mcp' })],
    ['a page', 'not_mcp', status(200, '<html>hi</html>', { 'content-type': 'text/html' })],
    ['some other JSON', 'not_mcp', json('{"hello":"world"}')],
    ['202', 'not_mcp', status(202)],
    ["another call's response", 'not_mcp', response({ id: 99, result: {} })],
    ['half a JSON body', 'broken_off', cutOff('application/json', '{"jsonrpc":"2.0","id":1,"res')],
    ['truncated JSON', 'broken_off', json('{"jsonrpc":')],
    ['half an event stream', 'broken_off', cutOff('text/event-stream', 'data: {"jsonrpc":"2.0",')],
    ['an event stream without a response', 'broken_off', stream('data: {"not":"a message"}\n\n')],
    ['a closed connection', 'broken_off', (_req, res) => void res.destroy()],
  ] satisfies [string, string, RequestListener][])(
    '(%s), the relay answers the call with %s, once, and does not send it again',
    async (name, reason, listener) => {
      respond = listener;
      const { error } = await relay.call(name, 'tools/list');
      expect(error).toMatchObject({ code: -32000, data: { reason } });
      expect(relay.stderr()).toContain(error?.message);
      expect(received).toBe(1);

      const next = `after ${name}`;
      respond = response({ id: next, result: {} });
      expect(await relay.call(next, 'ping')).toMatchObject({ result: {} });
      expect(answersTo(name)).toHaveLength(1);
    },
  );

  it('(a JSON-RPC error in a 400), the relay forwards the error with the id of the call', async () => {
    const error = { code: -32020, message: 'header mismatch', data: { header: 'Mcp-Method' } };
    respond = status(400, JSON.stringify({ jsonrpc: '2.0', id: null, error }));
    expect(await relay.call('bad', 'tools/list')).toEqual({ jsonrpc: '2.0', id: 'bad', error });
  });

  it('(the key in an answer), the relay redacts the key', async () => {
    respond = response({ id: 'echo', result: { said: API_KEY } });
    const { result } = await relay.call('echo', 'tools/list');
    expect(result).toEqual({ said: 'vsk_[redacted]' });
  });

  it('(no answer at all), other calls continue and a cancelled call is never answered', async () => {
    const hanging = new Promise<ServerResponse>((resolve) => {
      respond = (_req, res) => resolve(res);
    });
    relay.write({ jsonrpc: '2.0', id: 'hung', method: 'tools/list' });
    const unanswered = await hanging;
    const closed = new Promise((resolve) => unanswered.on('close', resolve));
    respond = response({ id: 'in-between', result: {} });
    await relay.call('in-between', 'ping');
    const params = { requestId: 'hung' };
    relay.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    await closed;
    respond = response({ id: 'afterwards', result: {} });
    await relay.call('afterwards', 'ping');
    expect(answersTo('hung')).toEqual([]);
  });
});

describe('when vsecure is down', () => {
  let up: McpTestServer | undefined;

  afterEach(async () => {
    await expectCleanExit();
    await up?.close();
    up = undefined;
  });

  async function startWithoutServer(): Promise<{ port: number; url: string }> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    relay = startRelay({ VSECURE_URL: url, VSECURE_API_KEY: API_KEY });
    relay.write('no json\n');
    await relay.response(null);
    return { port, url };
  }

  it('the relay says how to start it, and works as soon as vsecure is up', async () => {
    const { port, url } = await startWithoutServer();
    const { error } = await relay.call(1, 'tools/list');
    expect(error?.message).toBe(
      `vsecure at ${url} does not answer: start it with \`vsecure serve\`, or set VSECURE_URL`,
    );
    up = await startMcpServer(port);
    expect((await relay.call(2, 'tools/list')).result?.['tools']).toHaveLength(3);
  });

  it('the relay waits for a moment, so that a restart loses no call', async () => {
    const { port } = await startWithoutServer();
    const call = relay.call(1, 'tools/list');
    // A refused connection is not observable. After this time there has been one, and the relay still retries.
    await sleep(500);
    up = await startMcpServer(port);
    expect((await call).result?.['tools']).toHaveLength(3);
  });

  it('the relay answers every call that was open when vsecure stopped', async () => {
    const server = await startMcpServer();
    relay = startRelay({ VSECURE_URL: server.url, VSECURE_API_KEY: API_KEY });
    const call = relay.call(1, 'tools/call', { name: 'hold', arguments: {} });
    await server.held;
    await server.close();
    expect((await call).error?.data?.reason).toBe('broken_off');
  });
});

describe('when a line of stdin is not a message', () => {
  let server: McpTestServer;

  beforeEach(async () => {
    server = await startMcpServer();
    relay = startRelay({ VSECURE_URL: server.url, VSECURE_API_KEY: API_KEY });
  });

  afterEach(async () => {
    await expectCleanExit();
    await server.close();
  });

  it.each([
    ['a word', 'hello\n', -32700],
    ['half a message', '{"jsonrpc":"2.0",\n', -32700],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]\n', -32600],
    ['another protocol', '{"id":1}\n', -32600],
    ['a message over 1 MiB', `"${'x'.repeat(1024 * 1024)}"\n`, -32600],
  ])(
    '(%s), the relay refuses it without an id and forwards the next message',
    async (_name, text, code) => {
      relay.write(text);
      expect((await relay.response(null)).error?.code).toBe(code);
      expect((await relay.call(1, 'tools/list')).result?.['tools']).toHaveLength(3);
      expect(relay.stderr()).not.toContain('hello');
      expect(server.posts).toHaveLength(1);
    },
  );

  it('(a malformed request), the relay refuses it with its id', async () => {
    relay.write('{"jsonrpc":"1.0","id":7,"method":"tools/list"}\n');
    expect((await relay.response(7)).error?.code).toBe(-32600);
  });

  it('(an id that is in use), the relay makes only the first call', async () => {
    const hold = { name: 'hold', arguments: {} };
    relay.write({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: hold });
    await server.held;
    relay.write({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect((await relay.response(null)).error?.code).toBe(-32600);
    expect(server.posts).toHaveLength(1);
  });

  it('(a blank line or a Windows line break), the relay does not answer it', async () => {
    relay.write('\n\r\n{"jsonrpc":"2.0","id":1,"method":"tools/list"}\r\n');
    await relay.response(1);
    expect(messagesOf(relay.stdout())).toHaveLength(1);
  });
});

function status(code: number, body = '', headers: Record<string, string> = {}): RequestListener {
  return (_req, res) => res.writeHead(code, headers).end(body);
}

function json(body: string): RequestListener {
  return status(200, body, { 'content-type': 'application/json' });
}

function response(body: object): RequestListener {
  return json(JSON.stringify({ jsonrpc: '2.0', ...body }));
}

function stream(body: string): RequestListener {
  return status(200, body, { 'content-type': 'text/event-stream' });
}

function cutOff(type: string, part: string): RequestListener {
  return (_req, res) => {
    res.writeHead(200, { 'content-type': type });
    res.write(part, () => res.destroy());
  };
}

async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.on('listening', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
