/** Which calls the SDK retries, when, and which it never retries. */

import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { VSecureError } from '../../src/sdk/index.js';
import { json, refuse, scriptedServer } from './scripted-server.js';

const WHO = {
  name: 'alice',
  class: 'human',
  key: '0123456789',
  owner: { email: 'alice@example.com', role: 'member' },
  scopes: [],
};
const CHANGED = { path: 'vsecure://secrets/a', version: 2 };
const OPENED = {
  path: 'vsecure://secrets/a',
  version: 1,
  value: 'v',
  encoding: 'utf8',
  grant: `grnt_${'0'.repeat(22)}`,
  expiresAt: '2026-05-01T10:00:00.000Z',
};

type Answer = (res: ServerResponse) => void;

/** Temporary failures. */
const truncated: Answer = (res) => {
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  res.write('{"name":', () => res.destroy());
};
const disconnect: Answer = (res) => void res.destroy();
const hang: Answer = () => {};
const proxy: Answer = (res) => void res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>');
const unavailable: Answer = (res) => refuse(res, 503, 'unavailable');
const internalError: Answer = (res) => refuse(res, 500, 'internal');
const rateLimited: Answer = (res) => refuse(res.setHeader('retry-after', '0'), 429, 'rate_limited');

const good =
  (body: unknown): Answer =>
  (res) =>
    json(res, body);

/** A server that gives these answers in order and repeats the last one. */
const serverWithAnswers = (...answers: readonly Answer[]) => {
  let count = 0;
  return scriptedServer((_req, res) => {
    answers[Math.min(count, answers.length - 1)]?.(res);
    count += 1;
  });
};

const FAILURES = { truncated, disconnect, hang, proxy, unavailable, internalError, rateLimited };
const SHORT = { timeoutMs: 150 };

test.each(Object.entries(FAILURES))(
  'a GET is retried after a temporary failure: %s',
  async (_name, failure) => {
    await using server = await serverWithAnswers(failure, failure, good(WHO));
    expect((await server.client(SHORT).whoami()).name).toBe('alice');
    expect(server.requests.map(({ key }) => key)).toEqual([undefined, undefined, undefined]);
  },
);

test.each(Object.entries(FAILURES))(
  'a change is retried with the same idempotency key after a temporary failure: %s',
  async (_name, failure) => {
    await using server = await serverWithAnswers(failure, failure, good(CHANGED));
    const client = server.client(SHORT);
    await client.secrets.rotate('a');
    await client.secrets.rotate('a');
    const keys = server.requests.map(({ key }) => key);
    expect(keys).toHaveLength(4);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  },
);

test('a change uses the idempotency key of the caller if there is one', async () => {
  await using server = await serverWithAnswers(disconnect, good(CHANGED));
  await server.client().secrets.update('a', { value: 'x' }, { idempotencyKey: 'deploy-17' });
  expect(server.requests.map(({ key }) => key)).toEqual(['deploy-17', 'deploy-17']);
});

test.each(Object.entries({ truncated, disconnect, hang, proxy, internalError }))(
  'a read of a secret that may have happened is not retried: %s',
  async (_name, failure) => {
    await using server = await serverWithAnswers(failure, good(OPENED));
    const reading = server.client(SHORT).secrets.get('a');
    await expect(reading).rejects.toMatchObject({ undone: false });
    expect(server.requests).toHaveLength(1);
  },
);

test.each(Object.entries({ unavailable, rateLimited }))(
  'a read of a secret that certainly did not happen is retried: %s',
  async (_name, failure) => {
    await using server = await serverWithAnswers(failure, good(OPENED));
    expect((await server.client().secrets.get('a')).value).toBe('v');
    expect(server.requests.map(({ url }) => url)).toEqual(
      Array(2).fill('/api/v1/secrets/value?path=vsecure%3A%2F%2Fsecrets%2Fa'),
    );
  },
);

test.each([
  [400, 'invalid_input'],
  [401, 'invalid_key'],
  [403, 'approval_required'],
  [404, 'not_found'],
  [409, 'version_conflict'],
  [422, 'idempotency_mismatch'],
  [429, 'denied_recently'],
  [429, 'too_many_requests'],
])('a refusal is not retried: %s %s', async (status, code) => {
  await using server = await scriptedServer((_req, res) => refuse(res, status, code));
  const asked = server.client().secrets.rotate('a');
  await expect(asked).rejects.toMatchObject({ code, status, undone: true });
  expect(server.requests).toHaveLength(1);
});

test('after three retries the call rejects with the last error', async () => {
  await using server = await serverWithAnswers(proxy);
  await expect(server.client().whoami()).rejects.toMatchObject({
    code: 'unexpected_answer',
    status: 502,
  });
  expect(server.requests).toHaveLength(4);
});

test('retry: false and retries: 0 switch retries off', async () => {
  await using server = await serverWithAnswers(disconnect, good(WHO));
  await expect(server.client({ retry: false }).whoami()).rejects.toBeInstanceOf(VSecureError);
  await expect(server.client({ retry: { retries: 0 } }).whoami()).resolves.toBeDefined();
  expect(server.requests).toHaveLength(2);
});

test('the client waits as long as Retry-After says', async () => {
  const later: Answer = (res) => refuse(res.setHeader('retry-after', '1'), 429, 'rate_limited');
  await using server = await serverWithAnswers(later, good(WHO));
  const began = performance.now();
  await server.client().whoami();
  expect(performance.now() - began).toBeGreaterThanOrEqual(990);
});

test('a long Retry-After is not waited for: the call rejects with retryAfterMs', async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  for (const header of ['3600', date]) {
    const later: Answer = (res) => refuse(res.setHeader('retry-after', header), 503, 'unavailable');
    await using server = await serverWithAnswers(later);
    const error = await server
      .client()
      .whoami()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable' });
    const { retryAfterMs = 0 } = error instanceof VSecureError ? error : {};
    expect(Math.abs(retryAfterMs - 3_600_000)).toBeLessThan(5000);
    expect(server.requests).toHaveLength(1);
  }
});

test('aborting the signal ends a call immediately: before it, during it, and in the pause before a retry', async () => {
  const reason = new Error('gave up');
  await using hanging = await serverWithAnswers(hang);
  const client = hanging.client({ retry: { minMs: 60_000, maxMs: 60_000 } });
  await expect(client.whoami({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(hanging.requests).toHaveLength(0);

  const within = new AbortController();
  const waiting = client.secrets.rotate('a', undefined, { signal: within.signal });
  await expect.poll(() => hanging.requests.length).toBe(1);
  within.abort(reason);
  await expect(waiting).rejects.toBe(reason);

  await using disconnecting = await serverWithAnswers(disconnect);
  const pausing = new AbortController();
  const patient = disconnecting.client({ retry: { minMs: 60_000, maxMs: 60_000 } });
  const called = patient.mcp.listApprovals({}, { signal: pausing.signal });
  await expect.poll(() => disconnecting.requests.length).toBe(1);
  pausing.abort(reason);
  await expect(called).rejects.toBe(reason);
});
