/** `--check` tells whoever it is that cannot connect what is wrong, in the order in which to mend it. */
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

interface Checked {
  readonly exit: number | null;
  readonly lines: readonly string[];
  /** The line about one thing. */
  line(what: string): string;
}

async function check(env: Record<string, string>): Promise<Checked> {
  const relay = startRelay(env, ['--check']);
  const exit = await relay.exited;
  expect(relay.stderr()).toBe('');
  for (const name of ['VSECURE_API_KEY', 'PRIVATE'])
    if (env[name]) expect(relay.stdout()).not.toContain(env[name]);
  const lines = relay.stdout().trim().split('\n');
  return { exit, lines, line: (what) => lines.find((line) => line.includes(`${what}:`)) ?? '' };
}

/** Anything that answers HTTP, for the time of one check. */
async function checkAgainst(respond: RequestListener): Promise<Checked> {
  const { url, close } = await listen(createServer(respond));
  try {
    return await check({ VSECURE_URL: url, VSECURE_API_KEY: API_KEY });
  } finally {
    await close();
  }
}

const OTHERS = ['key', 'scopes', 'protocol 2025-11-25', 'protocol 2026-07-28', 'database', 'Slack'];

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

  it('says that all is well, whose the key is and where the log is, and ends with 0', async () => {
    const state = temporaryFolder('state');
    const env = { VSECURE_URL: server.url, VSECURE_API_KEY: token, XDG_STATE_HOME: state };
    const { exit, lines, line } = await check(env);
    expect(exit).toBe(0);
    expect(lines).toHaveLength(8);
    expect(line('server')).toBe(`✓ server: vsecure answers at ${server.url}`);
    expect(line('key')).toBe(
      '✓ key: claude-desktop (agent), owned by bob@example.com, good until revoked',
    );
    expect(line('scopes')).toMatch(/^✓ .*access:request.*grants:use/);
    expect(line('protocol 2025-11-25')).toMatch(
      /^✓ .*: initialize and tools\/list .*, [1-9]\d* tools$/,
    );
    expect(line('protocol 2026-07-28')).toMatch(
      /^✓ .*: server\/discover and tools\/list .*, [1-9]\d* tools$/,
    );
    expect(line('database')).toMatch(/^✓ /);
    expect(line('Slack')).toMatch(/^– Slack: not set up/);
    if (process.platform === 'linux')
      expect(line('log file')).toBe(
        `log file: ${path.join(state, 'vsecure/mcp-server-vsecure.log')}`,
      );
  });

  it('is the same as `vsecure mcp --check`', async () => {
    const env = { VSECURE_URL: server.url, VSECURE_API_KEY: token };
    const ran = await vsecure(['mcp', '--check'], { env });
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^✓ server: .*\n✓ key: claude-desktop /);
  });

  it('says of an unknown key and of a revoked one what to do, and looks at the rest', async () => {
    const revoked = await services.agent('cursor', 'bob@example.com');
    unwrap(await services.useCases.manageKeys.revoke(services.admin, revoked.caller.key.id));
    for (const apiKey of [API_KEY, revoked.token]) {
      const { exit, line } = await checkKey(apiKey);
      expect(exit).toBe(1);
      expect(line('key')).toMatch(/^✗ key: it was refused: .*vsecure keys:create/);
      for (const what of OTHERS.slice(1, 4))
        expect(line(what)).toMatch(/^– .*: not checked, because/);
      expect(line('database')).toMatch(/^✓ /);
    }
  });

  it("warns of a person's key, and refuses one that can neither ask nor read", async () => {
    const human = await services.human('alice@example.com');
    const warned = await checkKey(human.token);
    expect(warned.lines[0]).toMatch(/^! warning: the API key is a person's key/);
    expect(warned.exit).toBe(0);
    const service = await services.key('deployer', 'service', 'admin@example.com');
    const refused = await checkKey(service.token);
    expect(refused.line('scopes')).toMatch(/^✗ scopes: access:request and grants:use missing/);
    expect(refused.exit).toBe(1);
  });

  it('says that the host name is not one of the server’s', async () => {
    const elsewhere = createServer((req, res) => {
      void fetch(`${server.url}${req.url}`).then(async (answer) => {
        if (req.url === '/api/v1/whoami') res.writeHead(403).end('{"code":"not_allowed"}');
        else res.end(await answer.text());
      });
    });
    const { url, close } = await listen(elsewhere);
    const { line, exit } = await check({ VSECURE_URL: url, VSECURE_API_KEY: token });
    expect(line('key')).toContain('VSECURE_ALLOWED_HOSTS');
    expect(exit).toBe(1);
    await close();
  });
});

it('says that nobody answers, how to mend it, and what it could not look at', async () => {
  const { url, close } = await listen(createServer());
  await close();
  const { exit, line } = await check({ VSECURE_URL: url, VSECURE_API_KEY: API_KEY });
  expect(exit).toBe(1);
  expect(line('server')).toMatch(/^✗ server: .*start it with `vsecure serve`, or set VSECURE_URL/);
  for (const what of OTHERS) expect(line(what)).toMatch(/^– .*: not checked, because the server/);
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
])('shows the key to nothing that is not vsecure: %s', async (_name, respond) => {
  const shown: unknown[] = [];
  const { exit, line } = await checkAgainst((req, res) => {
    shown.push(req.headers.authorization);
    respond(req, res);
  });
  expect(exit).toBe(1);
  expect(line('server')).toMatch(/^✗ server: .*(VSECURE_URL|its log says why|broke)/);
  expect(shown).toEqual([undefined]);
});

const WHO = {
  name: 'cursor',
  class: 'agent',
  owner: { email: 'bob@example.com' },
  scopes: ['access:request', 'grants:use'],
};

/** A server whose MCP is real and whose other answers are given. */
async function checkStub(answers: Record<string, unknown>, status = 200): Promise<Checked> {
  const mcp = await startMcpServer();
  const whole = {
    '/healthz': { status: 'ok' },
    '/api/v1/whoami': WHO,
    '/readyz': { database: 'ok', slack: 'ok' },
    ...answers,
  };
  const said = new Map(Object.entries(whole).map(([at, answer]) => [at, JSON.stringify(answer)]));
  try {
    return await checkAgainst((req, res) => {
      const answer = said.get(req.url ?? '');
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
])('says of a database that is %s what to do', async (database, expected) => {
  const { exit, line } = await checkStub({ '/readyz': { database, slack: 'degraded' } }, 503);
  expect(exit).toBe(1);
  expect(line('database')).toMatch(/^✗ /);
  expect(line('database')).toContain(expected);
  expect(line('Slack')).toMatch(/^– Slack: calls to it fail now/);
});

it('says of each protocol that is not answered, and does not follow a redirect with the key', async () => {
  const { exit, line } = await checkStub({});
  expect(exit).toBe(1);
  for (const era of ['2025-11-25', '2026-07-28'])
    expect(line(`protocol ${era}`)).toMatch(/^✗ .*set VSECURE_URL to the final address/);
});

it('says of a server that knows only the older protocol which tools still work', async () => {
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

it('shows what a server calls things without its tricks and without the key', async () => {
  const name = `\u001b[2J${API_KEY}\n✓ forged: line\u202e`;
  const { lines, line } = await checkStub({ '/api/v1/whoami': { ...WHO, name } });
  expect(lines).toHaveLength(8);
  expect(line('key')).toMatch(/^✓ key: \?\[2Jvsk_\[redacted\]\?✓ forged: line\? \(agent\)/);
});

it('ends with 2 and every problem of its configuration', async () => {
  const PRIVATE = randomBytes(8).toString('hex');
  const env = { VSECURE_URL: `ftp://ana:${PRIVATE}@host`, VSECURE_API_KEY: PRIVATE, PRIVATE };
  const { exit, lines } = await check(env);
  expect(exit).toBe(2);
  expect(lines.filter((line) => line.startsWith('✗ configuration: '))).toHaveLength(3);
  expect(lines.at(-1)).toMatch(/^log file: \//);
});
