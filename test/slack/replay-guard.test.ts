/** The guard before Bolt: only fresh, authentic requests pass, each of them once. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createReplayGuard } from '../../src/slack/inbound/replay-guard.js';
import { deliver, FORM, sign } from '../support/slack/signed-request.js';

const SECRET = 'a signing secret';
const NOW = 1_795_000_000;
let clock = NOW;
let passed: unknown[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  const app = express();
  const guard = createReplayGuard({ signingSecret: SECRET, now: () => clock * 1000 });
  app.post('/slack/events', guard, (request: express.Request, response: express.Response) => {
    passed.push(request.body.toString());
    response.end('handled');
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
});
afterAll(() => server.close());
beforeEach(() => {
  clock = NOW;
  passed = [];
});

/** A body that was never sent before. */
const fresh = () => `payload=${randomUUID()}`;
const signed = (timestamp: number, secret = SECRET, body = fresh()) =>
  sign(body, FORM, { secret, timestamp });
/** A good request with other headers. */
const altered = (headers: Record<string, string>) => {
  const request = signed(NOW);
  return { ...request, headers: { ...request.headers, ...headers } };
};

describe('the clock of a request', () => {
  test.each([-300, -299, 0, 299, 300])('may differ by %i s', async (offset) => {
    expect((await deliver(url, signed(NOW + offset))).body).toBe('handled');
  });

  test.each([-31_536_000, -301, 301, 3600, 31_536_000])(
    'may not differ by %i s',
    async (offset) => {
      expect((await deliver(url, signed(NOW + offset))).status).toBe(401);
      expect(passed).toEqual([]);
    },
  );

  test.each(['', 'NaN', '1e9', '1795000000.5', '-1', ' ', '0x6afd3f80', '999999999999'])(
    'may not be written %j',
    async (timestamp) => {
      const request = altered({ 'x-slack-request-timestamp': timestamp });
      expect((await deliver(url, request)).status).toBe(401);
    },
  );
});

describe('the signature of a request', () => {
  test('must be made with the server’s signing secret', async () => {
    expect((await deliver(url, signed(NOW, 'another secret'))).status).toBe(401);
  });

  test('must be of this body', async () => {
    expect((await deliver(url, { ...signed(NOW), body: fresh() })).status).toBe(401);
  });

  test.each(['', 'v0', 'v0=', 'v1=00', `v0=${'0'.repeat(64)}`])(
    'may not be %j',
    async (signature) => {
      const request = altered({ 'x-slack-signature': signature });
      expect((await deliver(url, request)).status).toBe(401);
    },
  );
});

describe('a request that comes again', () => {
  test('is answered with an empty 200 and not handled, each time', async () => {
    const request = signed(NOW);
    const answers = [];
    for (let time = 0; time < 5; time += 1) answers.push((await deliver(url, request)).body);
    expect(answers).toEqual(['handled', '', '', '', '']);
    expect(passed).toHaveLength(1);
  });

  test('is recognised when five copies come at the same time', async () => {
    const request = signed(NOW);
    await Promise.all(Array.from({ length: 5 }, () => deliver(url, request)));
    expect(passed).toHaveLength(1);
  });

  test('is recognised until its timestamp is too old to be accepted', async () => {
    const request = signed(NOW + 300);
    await deliver(url, request);
    clock = NOW + 599;
    expect((await deliver(url, request)).body).toBe('');
    clock = NOW + 601;
    expect((await deliver(url, request)).status).toBe(401);
    expect(passed).toHaveLength(1);
  });

  test('is recognised in another spelling of its signature or timestamp', async () => {
    const request = signed(NOW);
    await deliver(url, request);
    const { headers } = request;
    const spellings = [
      { ...headers, 'x-slack-signature': `${headers['x-slack-signature']}=` },
      { ...headers, 'x-slack-signature': `${headers['x-slack-signature']?.toUpperCase()}` },
      { ...headers, 'x-slack-request-timestamp': `0${NOW}` },
    ];
    for (const other of spellings) await deliver(url, { ...request, headers: other });
    expect(passed).toHaveLength(1);
  });

  test('an outsider cannot make vsecure take a valid request for a replay', async () => {
    const good = signed(NOW);
    await deliver(url, { ...good, body: 'something else' });
    expect((await deliver(url, good)).body).toBe('handled');
  });
});

test('a body of more than 256 kB is refused before its signature is computed', async () => {
  expect((await deliver(url, signed(NOW, SECRET, 'x'.repeat(256 * 1024 + 1)))).status).toBe(413);
  expect((await deliver(url, signed(NOW, SECRET, 'y'.repeat(256 * 1024)))).status).toBe(200);
});

test('a compressed body is refused', async () => {
  expect((await deliver(url, altered({ 'content-encoding': 'gzip' }))).status).toBe(400);
});
