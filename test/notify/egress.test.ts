/** No configured address makes vsecure send requests into the private network. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEgress, EgressError, type Resolve } from '../../src/notify/egress.js';
import { postLookingTwice } from './mutants.js';

/** A listener on every port that a hostile target could mean; it only counts who came. */
let port = 0;
let came = 0;
const listener = createServer((_req, res) => {
  came += 1;
  res.writeHead(204).end();
});
listener.on('connection', () => {
  came += 1;
});

beforeAll(async () => {
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  port = (listener.address() as AddressInfo).port;
});
afterAll(() => void listener.close());
beforeEach(() => {
  came = 0;
});

const post = (url: string, resolve?: Resolve, allowed: readonly string[] = []) =>
  createEgress({ allowed, resolve, timeoutMs: 2000 }).post(url, {
    headers: {},
    body: '{}',
    signal: new AbortController().signal,
  });

const codeOf = (posted: Promise<unknown>) =>
  posted.then(
    () => 'posted',
    (error: unknown) => (error instanceof EgressError ? error.code : 'another error'),
  );

/** By what they say. */
const SPELLED = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1:8443/',
  'https://0.0.0.0/',
  'https://0/',
  'https://10.0.0.1/',
  'https://10.255.255.255/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://169.254.170.2/',
  'https://100.64.0.1/',
  'https://100.100.100.200/',
  'https://192.0.0.1/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://198.51.100.1/',
  'https://203.0.113.1/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[64:ff9b::169.254.169.254]/',
  'https://[64:ff9b:1::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[ff02::1]/',
  'https://[::ffff:8.8.8.8]/',
  'https://[100:0:0:1::1]/',
  'https://[100::1]/',
  'https://[5f00::1]/',
  'https://[3fff::1]/',
  'https://[4000::1]/',
  'https://[2001:1::1]/',
  'https://[2001:20::1]/',
  'https://[2620:4f:8000::1]/',
  'https://[2a00:1450::5efe:7f00:1]/',
  'https://[2a00:1450::200:5efe:10.0.0.1]/',
  'https://[fec0::1]/',
  'https://168.63.129.16/machine/',
  'https://192.0.0.192/opc/v2/instance/',
  'https://192.88.99.1/',
  'https://192.175.48.6/',
  'https://localhost/',
  'https://localhost./',
  'https://LOCALHOST/',
  'https://intranet/',
  'https://printer.local/',
  'https://metadata.google.internal/',
  'https://a.localhost/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://example.com./',
  'https://user@example.com/',
  'https://user:secret@example.com/',
  'https://:secret@example.com/',
  'https://example.com:22/',
  'https://example.com:80/',
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'data:text/plain,hello',
  'https://１２７.0.0.1/',
  'https://①②⑦.0.0.1/',
  'https://127。0。0。1/',
  '//127.0.0.1/',
  '',
] as const;

describe('a URL whose text leads into the private network', () => {
  test('is tested in more than sixty forms', () => expect(SPELLED.length).toBeGreaterThan(60));

  test.each(SPELLED)(
    '%s is refused when it is written down, and never connected to',
    async (url) => {
      expect(createEgress({ allowed: [] }).check(url)).toBeDefined();
      expect(await codeOf(post(url, async () => ['127.0.0.1']))).toBe('forbidden_address');
      expect(came).toBe(0);
    },
  );
});

test.each([
  'https://1.1.1.1/',
  'https://[2a00:1450:4001:82a::200e]/',
  'https://[2606:4700::1111]/',
])('the public address %s is allowed', (url) => {
  expect(createEgress({ allowed: [] }).check(url)).toBeUndefined();
});

describe('a public host name that resolves to a private address', () => {
  const PRIVATE = [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    'fd00::1',
    '100:0:0:1::1',
    '2a00:1450::5efe:7f00:1',
    '168.63.129.16',
  ];

  test.each(PRIVATE)('is not connected to when it resolves to %s', async (address) => {
    const url = 'https://receiver.example.com/';
    expect(await codeOf(post(url, async () => [address]))).toBe('forbidden_address');
    // One public address among them does not help.
    expect(await codeOf(post(url, async () => ['1.1.1.1', address]))).toBe('forbidden_address');
    expect(came).toBe(0);
  });

  test('is resolved again at every post, once for each', async () => {
    const answers = [['10.0.0.1'], ['127.0.0.1']];
    let asked = 0;
    const resolve: Resolve = async () => answers[asked++] ?? [];
    for (let tries = 1; tries <= 2; tries += 1) {
      expect(await codeOf(post('https://rebinding.example.com/', resolve))).toBe(
        'forbidden_address',
      );
      expect(asked).toBe(tries);
    }
  });
});

describe('an address that the operator allows', () => {
  const base = () => `http://rebinding.example.com:${port}/hooks`;

  test('is connected to at the checked address, whatever the host name resolves to later', async () => {
    let asked = 0;
    // No one would listen at the second address.
    const resolve: Resolve = async () => [asked++ === 0 ? '127.0.0.1' : '127.9.9.9'];
    const { status } = await post(`${base()}/vsecure`, resolve, [base()]);
    expect([status, asked]).toEqual([204, 1]);
    expect(came).toBe(2);
  });

  test.each([
    '/hooksevil',
    '/',
    '/hooks/../admin',
    '/hooks/%2e%2e/admin',
    '/hooks/..%2fadmin',
    '/hooks/..%5Cadmin',
  ])('does not allow paths outside its folder: %s', async (pathname) => {
    const url = `http://rebinding.example.com:${port}${pathname}`;
    expect(await codeOf(post(url, async () => ['127.0.0.1'], [base()]))).toBe('forbidden_address');
    expect(came).toBe(0);
  });

  test('does not allow another port or scheme, or a user name', () => {
    const { check } = createEgress({ allowed: [base()] });
    for (const url of [
      `http://rebinding.example.com:${port + 1}/hooks`,
      `https://rebinding.example.com:${port}/hooks`,
      `http://me@rebinding.example.com:${port}/hooks`,
    ])
      expect(check(url), url).toBeDefined();
  });
});

test('a redirect is not followed', async () => {
  const redirecting = createServer((_req, res) =>
    res.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(),
  );
  redirecting.listen(0, '127.0.0.1');
  await once(redirecting, 'listening');
  const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`;
  expect((await post(url, undefined, [url])).status).toBe(302);
  expect(came).toBe(0);
  redirecting.close();
});

test('an answer that comes byte by byte without end is cut off by the timeout', async () => {
  const sockets = new Set<Socket>();
  const dripping = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.write('HTTP/1.1 200 OK\r\nx: ');
    const drip = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(drip));
  });
  dripping.listen(0, '127.0.0.1');
  await once(dripping, 'listening');
  const url = `http://127.0.0.1:${(dripping.address() as AddressInfo).port}/`;
  const egress = createEgress({ allowed: [url], timeoutMs: 200 });
  const { signal } = new AbortController();
  expect(await codeOf(egress.post(url, { headers: {}, body: '{}', signal }))).toBe('timeout');
  for (const socket of sockets) socket.destroy();
  dripping.close();
});

test('the body of an endless answer is not read', async () => {
  let written = 0;
  const endless = createServer((_req, res) => {
    res.writeHead(200);
    const more = () => {
      written += 65_536;
      if (!res.destroyed && written < 50_000_000) res.write(Buffer.alloc(65_536), more);
    };
    more();
  });
  endless.listen(0, '127.0.0.1');
  await once(endless, 'listening');
  const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/`;
  expect((await post(url, undefined, [url])).status).toBe(200);
  endless.closeAllConnections();
  endless.close();
  expect(written).toBeLessThan(50_000_000);
});

test('the connection does not resolve the host name again, which the test’s own faulty client does', async () => {
  const base = `http://rebinding.example.com:${port}/`;
  const rebinding = (): Resolve => {
    let asked = 0;
    return async () => [asked++ === 0 ? '127.9.9.9' : '127.0.0.1'];
  };
  expect(await codeOf(post(base, rebinding(), [base]))).not.toBe('posted');
  expect(came).toBe(0);
  await postLookingTwice(base, rebinding());
  expect(came).toBe(2);
});

test('a call to a receiver that never answers ends at its time limit, also when the garbage is collected meanwhile', async () => {
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/hook`;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const collecting = setInterval(collect, 10);
  const egress = createEgress({ allowed: [url], timeoutMs: 300 });
  const { signal } = new AbortController();
  const calls = Array.from({ length: 20 }, () =>
    codeOf(egress.post(url, { headers: {}, body: '{}', signal })),
  );
  try {
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['timeout']));
  } finally {
    clearInterval(collecting);
    silent.closeAllConnections();
    silent.close();
  }
});
