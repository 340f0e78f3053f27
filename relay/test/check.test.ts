/** `--check` shows a user who cannot connect what is wrong, in the order in which to fix it. */
import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/support/database.js';
import { temporaryFolder } from '../../test/support/folder.js';
import { type RunningServer, startVsecure } from '../../test/support/server.js';
import { buildServices, type Services, unwrap } from '../../test/support/services.js';
import { vsecure } from '../../test/support/vsecure.js';
import { API_KEY, listen, startMcpServer } from './mcp-server.js';
import { startRelay } from './relay-process.js';

interface CheckResult {
  readonly exit: number | null;
  readonly lines: readonly string[];
  /** The line about one item. */
  line(what: string): string;
}

async function check(env: Record<string, string>): Promise<CheckResult> {
  const relay = startRelay(env, ['--check']);
  const exit = await relay.exited;
  expect(relay.stderr()).toBe('');
  for (const name of ['VSECURE_API_KEY', 'PRIVATE'])
    if (env[name]) expect(relay.stdout()).not.toContain(env[name]);
  const lines = relay.stdout().trim().split('\n');
  return { exit, lines, line: (what) => lines.find((line) => line.includes(`${what}:`)) ?? '' };
}

/** Runs one check against a server that answers with `respond`. */
async function checkAgainst(respond: RequestListener): Promise<CheckResult> {
  const { url, close } = await listen(createServer(respond));
  try {
    return await check({ VSECURE_URL: url, VSECURE_API_KEY: API_KEY });
  } finally {
    await close();
  }
}

const OTHER_ITEMS = [
  'key',
  'scopes',
  'protocol 2025-11-25',
  'protocol 2026-07-28',
  'database',
  'Slack',
];

describe('against a real server', () => {
  let services: Services;
  let server: RunningServer;
  let token: string;
  beforeAll(async () => {
    const database = await testDatabase();
    services = await buildServices({ database });
    server = await startVsecure({ database, masterKey: services.masterKeyText });
    ({ token } = await services.agent('claude-desktop', 'bob@example.com'));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await services.close();
  });

  const checkKey = (apiKey: string) => check({ VSECURE_URL: server.url, VSECURE_API_KEY: apiKey });

  it('reports success, the owner of the key and the path of the log file, and exits with 0', async () => {
    const state = temporaryFolder('state');
    const env = { VSECURE_URL: server.url, VSECURE_API_KEY: token, XDG_STATE_HOME: state };
    const { exit, lines, line } = await check(env);
    expect(exit).toBe(0);
    expect(lines).toHaveLength(8);
    expect(line('server')).toBe(`✓ server: vsecure answers at ${server.url}`);
    expect(line('key')).toBe(
      '✓ key: claude-desktop (agent), owned by bob@example.com, valid until revoked',
    );
    expect(line('scopes')).toMatch(/^✓ .*access:request.*grants:use/);
    expect(line('protocol 2025-11-25')).toMatch(
      /^✓ .*: initialize and tools\/list work, [1-9]\d* tools$/,
    );
    expect(line('protocol 2026-07-28')).toMatch(
      /^✓ .*: server\/discover and tools\/list work, [1-9]\d* tools$/,
    );
    expect(line('database')).toMatch(/^✓ /);
    expect(line('Slack')).toMatch(/^– Slack: not set up/);
    if (process.platform === 'linux')
      expect(line('log file')).toBe(
        `log file: ${path.join(state, 'vsecure/mcp-server-vsecure.log')}`,
      );
  });

  it('prints the same as `vsecure mcp --check`', async () => {
    const env = { VSECURE_URL: server.url, VSECURE_API_KEY: token };
    const ran = await vsecure(['mcp', '--check'], { env });
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^✓ server: .*\n✓ key: claude-desktop /);
  });

  it('says how to replace an unknown or revoked key, and still checks the rest', async () => {
    const revoked = await services.agent('cursor', 'bob@example.com');
    unwrap(await services.useCases.manageKeys.revoke(services.admin, revoked.caller.key.id));
    for (const apiKey of [API_KEY, revoked.token]) {
      const { exit, line } = await checkKey(apiKey);
      expect(exit).toBe(1);
      expect(line('key')).toMatch(/^✗ key: refused: .*vsecure keys:create/);
      for (const what of OTHER_ITEMS.slice(1, 4))
        expect(line(what)).toMatch(/^– .*: not checked, because/);
      expect(line('database')).toMatch(/^✓ /);
    }
  });

  it("warns about a person's key, and refuses a key that can neither request access nor read", async () => {
    const human = await services.human('alice@example.com');
    const warned = await checkKey(human.token);
    expect(warned.lines[0]).toMatch(/^! warning: the API key is a person's key/);
    expect(warned.exit).toBe(0);
    const service = await services.key('deployer', 'service', 'admin@example.com');
    const refused = await checkKey(service.token);
    expect(refused.line('scopes')).toMatch(/^✗ scopes: access:request and grants:use missing/);
    expect(refused.exit).toBe(1);
  });

  it('reports a host name that the server does not accept', async () => {
    const proxy = createServer((req, res) => {
      void fetch(`${server.url}${req.url}`).then(async (answer) => {
        if (req.url === '/api/v1/whoami') res.writeHead(403).end('{"code":"not_allowed"}');
        else res.end(await answer.text());
      });
    });
    const { url, close } = await listen(proxy);
    const { line, exit } = await check({ VSECURE_URL: url, VSECURE_API_KEY: token });
    expect(line('key')).toContain('VSECURE_ALLOWED_HOSTS');
    expect(exit).toBe(1);
    await close();
  });
});

it('reports a server that is not running, how to fix that, and what it could not check', async () => {
  const { url, close } = await listen(createServer());
  await close();
  const { exit, line } = await check({ VSECURE_URL: url, VSECURE_API_KEY: API_KEY });
  expect(exit).toBe(1);
  expect(line('server')).toMatch(/^✗ server: .*start it with `vsecure serve`, or set VSECURE_URL/);
  for (const what of OTHER_ITEMS)
    expect(line(what)).toMatch(/^– .*: not checked, because the server/);
});

it.each<[string, RequestListener]>([
  ['a page', (_req, res) => res.setHeader('content-type', 'text/html').end('<html>hi</html>')],
  ['a 404', (_req, res) => res.writeHead(404).end('{}')],
  ['other JSON', (_req, res) => res.end('{"status":"UP"}')],
  ['a list', (_req, res) => res.end('["ok"]')],
  ['a redirect', (_req, res) => res.writeHead(301, { location: 'http://127.0.0.1:1/' }).end()],
  ['a 502', (_req, res) => res.writeHead(502).end('bad gateway')],
  [
    'half an answer',
    (_req, res) => res.writeHead(200, { 'content-length': '99' }).write('{', () => res.destroy()),
  ],
])('does not send the key to a server that is not vsecure: %s', async (_name, respond) => {
  const sentKeys: unknown[] = [];
  const { exit, line } = await checkAgainst((req, res) => {
    sentKeys.push(req.headers.authorization);
    respond(req, res);
  });
  expect(exit).toBe(1);
  expect(line('server')).toMatch(/^✗ server: .*(VSECURE_URL|see its log|broke)/);
  expect(sentKeys).toEqual([undefined]);
});

const WHO = {
  name: 'cursor',
  class: 'agent',
  owner: { email: 'bob@example.com' },
  scopes: ['access:request', 'grants:use'],
};

/** Runs a check against a server with a real MCP endpoint and the given other answers. */
async function checkStub(answers: Record<string, unknown>, status = 200): Promise<CheckResult> {
  const mcp = await startMcpServer();
  const allAnswers = {
    '/healthz': { status: 'ok' },
    '/api/v1/whoami': WHO,
    '/readyz': { database: 'ok', slack: 'ok' },
    ...answers,
  };
  const bodies = new Map(
    Object.entries(allAnswers).map(([at, answer]) => [at, JSON.stringify(answer)]),
  );
  try {
    return await checkAgainst((req, res) => {
      const answer = bodies.get(req.url ?? '');
      if (answer !== undefined) res.writeHead(req.url === '/readyz' ? status : 200).end(answer);
      else res.writeHead(307, { location: `${mcp.url}/mcp` }).end();
    });
  } finally {
    await mcp.close();
  }
}

it.each([
  ['schema_behind', 'vsecure migrate'],
  ['schema_newer', 'update the server'],
  ['unreachable', 'DATABASE_URL'],
  ['constructor', 'log of the server'],
])('says how to fix a database that is %s', async (database, expected) => {
  const { exit, line } = await checkStub({ '/readyz': { database, slack: 'degraded' } }, 503);
  expect(exit).toBe(1);
  expect(line('database')).toMatch(/^✗ /);
  expect(line('database')).toContain(expected);
  expect(line('Slack')).toMatch(/^– Slack: calls to Slack are failing/);
});

it('reports each protocol that does not work, and does not follow a redirect with the key', async () => {
  const { exit, line } = await checkStub({});
  expect(exit).toBe(1);
  for (const era of ['2025-11-25', '2026-07-28'])
    expect(line(`protocol ${era}`)).toMatch(/^✗ .*set VSECURE_URL to the final address/);
});

it('shows that only the older protocol works with an older server', async () => {
  const legacy: RequestListener = async (req, res) => {
    const answers: Record<string, unknown> = {
      '/healthz': { status: 'ok' },
      '/api/v1/whoami': WHO,
      '/readyz': { database: 'ok', slack: 'ok' },
    };
    const known = answers[req.url ?? ''];
    if (known) return void res.end(JSON.stringify(known));
    if (req.method !== 'POST') return void res.writeHead(405).end();
    let body = '';
    for await (const chunk of req) body += chunk;
    const { id, method } = JSON.parse(body);
    const results: Record<string, unknown> = {
      initialize: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'vsecure', version: '0' },
      },
      'tools/list': { tools: [] },
    };
    const result = results[method];
    if (id === undefined) return void res.writeHead(202).end();
    res.setHeader('content-type', 'application/json');
    const error = { code: -32601, message: 'Method not found' };
    res.end(JSON.stringify({ jsonrpc: '2.0', id, ...(result ? { result } : { error }) }));
  };
  const { exit, line } = await checkAgainst(legacy);
  expect(line('protocol 2025-11-25')).toMatch(/^✓ /);
  expect(line('protocol 2026-07-28')).toMatch(/^✗ .*update the server/);
  expect(exit).toBe(1);
});

it('shows names from the server without control characters and without the key', async () => {
  const name = `\u001b[2J${API_KEY}\n✓ forged: line\u202e`;
  const { lines, line } = await checkStub({ '/api/v1/whoami': { ...WHO, name } });
  expect(lines).toHaveLength(8);
  expect(line('key')).toMatch(/^✓ key: \?\[2Jvsk_\[redacted\]\?✓ forged: line\? \(agent\)/);
});

it('reports every problem of the configuration and exits with 2', async () => {
  const PRIVATE = randomBytes(8).toString('hex');
  const env = { VSECURE_URL: `ftp://ana:${PRIVATE}@host`, VSECURE_API_KEY: PRIVATE, PRIVATE };
  const { exit, lines } = await check(env);
  expect(exit).toBe(2);
  expect(lines.filter((line) => line.startsWith('✗ configuration: '))).toHaveLength(3);
  expect(lines.at(-1)).toMatch(/^log file: \//);
});
