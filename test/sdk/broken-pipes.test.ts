/** How the SDK handles a server that is unreachable, broken, or not vsecure. */

import { expect, test } from 'vitest';
import { VSecureClient } from '../../src/sdk/index.js';
import { closedAddress, json, scriptedServer } from './scripted-server.js';

const WHO = {
  name: 'alice',
  class: 'human',
  key: '0123456789',
  owner: { email: 'alice@example.com', role: 'member' },
  scopes: [],
};

const ID = 'appr_0123456789abcdefghijkl';
const APPROVAL = {
  id: ID,
  status: 'pending',
  operation: 'read',
  resources: ['vsecure://secrets/a'],
  reason: 'why',
  duration: '1h',
  requester: { name: 'claude', owner: 'bob@example.com' },
  asked: 1,
  policy: 'plcy_0123456789abcdefghijkl',
  policyVersion: 1,
  digest: 'a'.repeat(64),
  createdAt: '2026-05-01T09:00:00.000Z',
  expiresAt: '2026-05-01T10:00:00.000Z',
};

test('a missing server is reported as unreachable, with its address in the message', async () => {
  const url = await closedAddress();
  const client = new VSecureClient({ url, apiKey: 'k', retry: false });
  await expect(client.whoami()).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining(url),
    next: expect.stringContaining('VSECURE_URL'),
    undone: true,
  });
});

test('a server that does not answer is reported as a timeout', async () => {
  await using server = await scriptedServer(() => {});
  const asked = server.client({ timeoutMs: 50 }).whoami();
  await expect(asked).rejects.toMatchObject({ code: 'timeout', undone: false });
});

test('the client follows no redirect, so the key reaches only the configured server', async () => {
  await using elsewhere = await scriptedServer((_req, res) => json(res, WHO));
  await using server = await scriptedServer((_req, res) =>
    res.writeHead(307, { location: `${elsewhere.url}/api/v1/whoami` }).end(),
  );
  await expect(server.client().whoami()).rejects.toMatchObject({
    code: 'unexpected_answer',
    next: `If ${elsewhere.url} is vsecure, set VSECURE_URL to it.`,
  });
  expect(elsewhere.requests).toEqual([]);
});

test.each([
  ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['localhost:3000/mcp', 'http://localhost:3000'],
  ['http://127.0.0.1:3000/mcp/', 'http://127.0.0.1:3000'],
  ['https://vsecure.example.com/base/mcp', 'https://vsecure.example.com/base'],
  ['ws://vsecure.example.com', 'https://vsecure.example.com'],
  ['vsecure.example.com', 'https://vsecure.example.com'],
  ['https://me:hunter2@vsecure.example.com/?hunter2#hunter2', 'https://vsecure.example.com'],
  ['vsk_h_hunter2', 'an address such as https://vsecure.example.com'],
])('the wrong address %s is refused with what to write instead', (url, instead) => {
  const create = () => new VSecureClient({ url, apiKey: 'vsk_a_unused' });
  expect(create).toThrow(
    expect.objectContaining({
      code: 'not_configured',
      message: expect.not.stringContaining('hunter2'),
      next: `Set VSECURE_URL to ${instead}`,
    }),
  );
});

test('https to a server that speaks http is refused with the address to write instead', async () => {
  await using server = await scriptedServer((_req, res) => json(res, WHO));
  const url = server.url.replace('http:', 'https:');
  const asked = new VSecureClient({ url, apiKey: 'vsk_a_unused', retry: false }).whoami();
  await expect(asked).rejects.toMatchObject({
    code: 'unreachable',
    next: `It does not speak TLS. Set VSECURE_URL to ${server.url}`,
  });
});

test.each([
  ['an error page of a proxy', 502, 'text/html', '<h1>Bad gateway</h1>'],
  ['an HTML page with status 200', 200, 'text/html', '<h1>Welcome</h1>'],
  ['unrelated JSON', 200, 'application/json', '{"hello":"world"}'],
  ['a truncated answer', 200, 'application/json', '{"name":"al'],
  ['an invalid problem document', 500, 'application/problem+json', '{"oops":1}'],
])('%s is reported as an unexpected answer', async (_name, status, type, body) => {
  await using server = await scriptedServer((_req, res) =>
    res.writeHead(status, { 'content-type': type }).end(body),
  );
  const asked = server.client().whoami();
  await expect(asked).rejects.toMatchObject({
    code: 'unexpected_answer',
    status,
    message: expect.stringContaining(server.url),
    next: expect.stringContaining('Set VSECURE_URL to'),
  });
  await expect(asked).rejects.not.toMatchObject({ message: expect.stringMatching(/h1|hello/) });
});

test('an unknown refusal code of a newer server is passed on with its message', async () => {
  const problem = {
    type: 'x',
    title: 'T',
    status: 418,
    detail: 'New.',
    code: 'new',
    instance: 'i',
  };
  await using server = await scriptedServer((_req, res) => json(res, problem, 418));
  await expect(server.client().whoami()).rejects.toMatchObject({
    code: 'new',
    message: 'New.',
    status: 418,
  });
});

test('unknown fields of a newer server are ignored', async () => {
  await using server = await scriptedServer((_req, res) => json(res, { ...WHO, mood: 'good' }));
  expect((await server.client().whoami()).name).toBe('alice');
});

test('the path of the server address is kept, and an id cannot escape it', async () => {
  await using server = await scriptedServer((_req, res) => json(res, APPROVAL));
  const client = new VSecureClient({ url: `${server.url}/vsecure/`, apiKey: 'k' });
  await client.mcp.getApproval('../../evil?x=1');
  expect(server.requests).toMatchObject([
    { method: 'GET', url: '/vsecure/api/v1/approvals/..%2F..%2Fevil%3Fx%3D1' },
  ]);
});

test('waiting for a decision continues when the server stops and restarts', async () => {
  const answers = [
    (res: Res) => json(res, APPROVAL),
    (res: Res) => res.destroy(),
    (res: Res) => res.writeHead(503).end(),
    (res: Res) => json(res, { ...APPROVAL, status: 'approved', granted: '1h' }),
  ];
  await using server = await scriptedServer((_req, res) =>
    answers[server.requests.length - 1]?.(res),
  );
  const answer = await server.client().mcp.waitForDecision(ID);
  expect(answer.status).toBe('approved');
  expect(server.requests).toHaveLength(4);
});

test('waiting for a request that does not exist fails immediately', async () => {
  const problem = {
    type: 'x',
    title: 'T',
    status: 404,
    detail: 'No.',
    code: 'not_found',
    instance: '',
  };
  await using server = await scriptedServer((_req, res) => json(res, problem, 404));
  const waiting = server.client().mcp.waitForDecision(ID);
  await expect(waiting).rejects.toMatchObject({ code: 'not_found' });
  expect(server.requests).toHaveLength(1);
});

type Res = Parameters<Parameters<typeof scriptedServer>[0]>[1];
