/** What a connection itself may do: repeated headers, requests sent ahead, silence, unread responses, and how long it stays open. */

import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/http/server.js';
import { DATABASE_URL, REASON, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { type Serving, startServing } from './serving.js';

let serving: Serving;

beforeAll(async () => {
  serving = await startServing();
});
afterAll(() => serving.close());

/** Sends lines as they are, which fetch would not do, and resolves with all that comes back. */
function exchange(...lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(serving.server.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.once('error', reject).once('close', () => resolve(answer));
    socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
  });
}

test('a request with each header once is answered', async () => {
  expect(await exchange('GET /healthz HTTP/1.1', 'Host: 127.0.0.1')).toContain('200 OK');
});

test.each([
  ['Host', '127.0.0.1', 'evil.example.com'],
  ['host', 'evil.example.com', '127.0.0.1'],
  ['Authorization', 'Bearer a', 'Bearer canary'],
  ['Content-Type', 'application/json', 'text/canary'],
  ['Idempotency-Key', 'a', 'canary'],
  ['Origin', 'http://127.0.0.1', 'http://canary.example.com'],
  ['Mcp-Session-Id', 'a', 'canary'],
  ['X-Slack-Signature', 'v0=a', 'v0=canary'],
])('a request with two %s headers is refused on every path', async (name, first, second) => {
  const host = name.toLowerCase() === 'host' ? [] : ['Host: 127.0.0.1'];
  for (const path of ['/healthz', '/api/v1/whoami', '/mcp', '/slack/events']) {
    const answer = await exchange(
      `GET ${path} HTTP/1.1`,
      ...host,
      `${name}: ${first}`,
      `${name}: ${second}`,
    );
    expect(answer).toContain('400 Bad Request');
    expect(answer).not.toMatch(/canary|evil/);
  }
});

test('an idle connection stays open longer than the load balancer in front keeps it', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(serving.server.url).port), '127.0.0.1');
    socket.once('error', reject).once('data', (bytes) => {
      resolve(String(bytes));
      socket.destroy();
    });
    socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  });
  expect(answer).toMatch(/Keep-Alive: timeout=75/i);
});

test('a connection that never sends a byte is closed, one that is sending is not', async () => {
  const server = await listen((_req, res) => res.end('ok'), {
    host: '127.0.0.1',
    port: 0,
    silenceMs: 200,
  });
  const silent = connect(server.port, '127.0.0.1');
  const closed = new Promise<boolean>((resolve) => silent.once('close', () => resolve(true)));
  const busy = connect(server.port, '127.0.0.1');
  busy.write('GET / HTTP/1.1\r\n');
  expect(await closed).toBe(true);
  expect(busy.destroyed).toBe(false);
  const answered = new Promise<string>((resolve) => busy.once('data', (b) => resolve(String(b))));
  busy.write('Host: 127.0.0.1\r\n\r\n');
  expect(await answered).toContain('200 OK');
  busy.destroy();
  await server.close(1000);
});

describe('a key that is revoked while the body of its call arrives', () => {
  /** Starts a call, and sends the rest of its body when the key is revoked. Resolves with the status. */
  async function outlives(path: string, body: object): Promise<number> {
    const { services, server } = serving;
    // Another key of the principal stays, so that revoking this one ends no request or grant.
    const name = `slow-${crypto.randomUUID()}`;
    const { token, caller } = await services.human(`${name}@example.com`);
    const further = {
      name: `${name}-laptop`,
      class: 'human',
      owner: `${name}@example.com`,
    } as const;
    unwrap(
      await services.useCases.manageKeys.create(services.admin, { ...further, additional: true }),
    );
    const call = request(`${server.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
    });
    const text = JSON.stringify(body);
    call.write(text.slice(0, 5));
    // The key is checked when the headers have come.
    await sleep(300);
    unwrap(await services.useCases.manageKeys.revoke(services.admin, caller.key.id));
    call.end(text.slice(5));
    const [response] = await once(call, 'response');
    response.resume();
    return response.statusCode;
  }

  test('is refused by REST', async () => {
    const ask = { resources: [DATABASE_URL], operation: 'read', reason: REASON };
    expect(await outlives('/api/v1/approvals', ask)).toBe(401);
    expect(await outlives('/api/v1/explain', { resource: DATABASE_URL })).toBe(401);
  });
});

test('a connection that sends hundreds of requests ahead is closed before the app sees more than eight', async () => {
  let served = 0;
  const server = await listen(() => void served++, { host: '127.0.0.1', port: 0 });
  const socket = connect(server.port, '127.0.0.1').on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
  await once(socket.resume(), 'close');
  expect(served).toBe(8);
  await server.close(0);
});

test('a client that sends a few requests ahead, again and again, gets every response', async () => {
  const server = await listen((_req, res) => res.end('ok'), { host: '127.0.0.1', port: 0 });
  const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text) => {
    answer += text;
  });
  for (let sent = 8; sent <= 24; sent += 8) {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(8));
    await until('all responses came', () => answer.split('200 OK').length - 1 === sent);
  }
  socket.destroy();
  await server.close(0);
});

test('a client that takes no byte of a response is disconnected, a stream with nothing to write is not', async () => {
  /** More than the system takes for a client that reads nothing. */
  const UNREAD = 64 * 1024 * 1024;
  const responses: ServerResponse[] = [];
  const server = await listen(
    (req, res) => {
      responses.push(res);
      if (req.url === '/stream') res.flushHeaders();
      else res.end(Buffer.alloc(UNREAD));
    },
    { host: '127.0.0.1', port: 0, silenceMs: 200 },
  );
  const stream = connect(server.port, '127.0.0.1');
  stream.write('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String((await once(stream, 'data'))[0])).toContain('200 OK');
  const unread = connect(server.port, '127.0.0.1').on('error', () => {});
  unread.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await until('the client that reads nothing is disconnected', () => responses[1]?.closed);
  unread.resume();
  await once(unread, 'close');
  expect(unread.bytesRead).toBeLessThan(UNREAD);
  responses[0]?.write('news');
  expect(String((await once(stream, 'data'))[0])).toContain('news');
  for (const socket of [stream, unread]) socket.destroy();
  await server.close(0);
});

test('a connection that is idle after its response is closed when its keep-alive time is over', async () => {
  const server = await listen((_req, res) => res.end('ok'), {
    host: '127.0.0.1',
    port: 0,
    keepAliveMs: 50,
  });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket.resume(), 'close');
  await server.close(0);
});
