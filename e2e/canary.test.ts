/** Eight secret values pass through every entry point, in valid and invalid calls; afterwards the test searches for them everywhere. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../src/store/database.js';
import { sqlOn } from '../src/store/sql.js';
import { findCanaries } from '../test/support/canary.js';
import { type OwnPostgres, ownPostgres } from '../test/support/database.js';
import { call, connectClient } from '../test/support/mcp-client.js';
import { RELAY } from '../test/support/relay.js';
import { type FaultProxy, startFaultProxy } from '../test/support/slack/fault-proxy.js';
import { localSlackAvailable } from '../test/support/slack/local-slack.js';
import { typed } from '../test/support/slack/view-values.js';
import { until } from '../test/support/until.js';
import { type Ended, vsecure } from '../test/support/vsecure.js';
import { ALICE, openWorkspace, type Workspace } from './workspace.js';

const awkward = (index: number) => `c4n/${index} "${randomBytes(18).toString('base64')}"\n+%41ü`;
const VALUES = Array.from({ length: 8 }, (_, index) => awkward(index));
const [
  READ = '',
  RELAYED = '',
  DENIED = '',
  TYPED = '',
  OLD = '',
  MISPLACED = '',
  BROKEN = '',
  FORBIDDEN = '',
] = VALUES;

/** Part of a receiver's address, and its signing secret: shown once, to the caller who set it. */
const ADDRESS = randomBytes(18).toString('hex');
let signing = '';

/** Part of each request: the search must find it everywhere, or it proves nothing. */
const CONTROL = `control ${randomBytes(18).toString('hex')}`;

/** Method, path, key and body. */
type Sent = readonly [string, string, string, string?];

const secret = (name: string) => `vsecure://secrets/production/${name}`;

describe.runIf(localSlackAvailable())('eight secrets', () => {
  let postgres: OwnPostgres;
  let proxy: FaultProxy;
  let workspace: Workspace;
  /** Outputs and answers by their origin. */
  const outputs: Record<string, string> = {};

  beforeAll(async () => {
    postgres = await ownPostgres();
    const dataSource = await openDatabase(postgres.connection);
    const close = () => dataSource.destroy();
    workspace = await openWorkspace({
      mode: 'socket',
      value: READ,
      database: { url: postgres.url, connection: postgres.connection, dataSource, close },
      env: { LOG_LEVEL: 'trace' },
      async between(upstream) {
        proxy = await startFaultProxy({ upstream });
        return proxy.apiUrl;
      },
    });
  });
  afterAll(async () => {
    await workspace.close();
    await proxy.close();
    await postgres.stop();
  });

  /** Decided by alice in Slack. */
  async function decide(id: string, verdict: 'approve' | 'deny') {
    const card = await workspace.card(id);
    await workspace.click(ALICE, card, verdict);
    workspace.slack.submitView(ALICE, { reason: { text: typed(CONTROL) } });
    await workspace.redrawn(card['ts'], verdict === 'approve' ? 'Approved' : 'Denied');
    await until('the form to close', () => workspace.slack.views().length === 0);
  }

  async function run(name: string, argv: string[], key: string, stdin = ''): Promise<Ended> {
    const env = { VSECURE_URL: workspace.server.url, VSECURE_API_KEY: key };
    const ended = await vsecure(argv, { env, stdin });
    outputs[name] = `${ended.stdout}\n${ended.stderr}`;
    return ended;
  }

  async function send(name: string, [method, where, key, body]: Sent) {
    const response = await fetch(`${workspace.server.url}${where}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body ?? null,
    });
    outputs[name] = `${[...response.headers].join('\n')}\n${await response.text()}`;
    return response.status;
  }

  test('two values are read over HTTP and stdio, and are only in those replies', async () => {
    const { agent, services, server } = workspace;
    await services.secret(RELAYED, secret('RELAYED'));
    await decide(await agent.ask(CONTROL), 'approve');
    await decide(await agent.ask(CONTROL, secret('RELAYED')), 'approve');
    const reply = await agent.read();
    expect(reply.structured).toMatchObject({ value: READ });
    expect(new Set(await findCanaries({ texts: { reply: reply.text } }, VALUES))).toEqual(
      new Set(['value 0 as JSON in reply']),
    );
    const through = [process.execPath, RELAY] as const;
    const client = await connectClient({ url: server.url, token: agent.token, through });
    const relayed = await call(client, 'read-secret', { resource: secret('RELAYED') });
    expect(relayed.structured).toMatchObject({ value: RELAYED });
    const early = await call(client, 'read-secret', { resource: secret('NOT_THERE'), [TYPED]: 1 });
    outputs['an MCP call with a wrong field'] = early.text;
    expect(early.isError).toBe(true);
    await client.close();
  });

  test('one is denied and requested again and again', async () => {
    const { agent, services } = workspace;
    await services.secret(DENIED, secret('DENIED'));
    const id = await agent.ask(CONTROL, secret('DENIED'));
    await decide(id, 'deny');
    const refused = await agent.read(secret('DENIED'));
    outputs['a refused read'] = `${refused.text}\n${JSON.stringify(await agent.wait(id))}`;
    expect(refused.isError).toBe(true);
  });

  test('a receiver’s address and secret are set, tested, and set with errors', async () => {
    const { adminToken } = workspace.services;
    const env = { VSECURE_URL: workspace.server.url, VSECURE_API_KEY: adminToken };
    const set = ['notifications:set', 'webhook', '--events', '*', '--url'];
    const made = await vsecure(set, { env, stdin: `https://receiver.invalid/${ADDRESS}` });
    signing = /whsec_[A-Za-z0-9+/=]+/.exec(made.stdout)?.[0] ?? '';
    expect(signing).not.toBe('');
    const tried = await run('a trial', ['notifications:test', 'webhook'], adminToken);
    expect(tried.exit).toBe(1);
    const wrong = JSON.stringify({ webhook: { url: `http://127.0.0.1/${ADDRESS}` } });
    const sent: Sent = ['PATCH', '/api/v1/notifications', adminToken, wrong];
    expect(await send('a wrong address', sent)).toBe(400);
  });

  test('other values are stored, replaced, misplaced, malformed, and sent without permission', async () => {
    const { services, agent } = workspace;
    const { adminToken } = services;
    expect(
      await run('storing', ['secrets:set', 'production/TYPED'], adminToken, TYPED),
    ).toMatchObject({ exit: 0 });
    await services.secret(OLD, secret('REPLACED'));
    await services.secret('new', secret('REPLACED'));
    expect(
      (await run('a wrong name', ['secrets:set', '../TYPED'], adminToken, TYPED)).exit,
    ).not.toBe(0);

    const put = (key: string, body: unknown): Sent => [
      'PUT',
      '/api/v1/secrets',
      key,
      typeof body === 'string' ? body : JSON.stringify(body),
    ];
    const url = encodeURIComponent(BROKEN);
    const theirs = { path: secret('X'), value: FORBIDDEN };
    const wrong: Record<string, Sent> = {
      'a value everywhere': put(adminToken, { path: MISPLACED, value: MISPLACED, [MISPLACED]: 1 }),
      'a value as a name': put(adminToken, { path: secret(MISPLACED), value: 'x' }),
      'broken JSON': put(adminToken, `{"value":"${BROKEN}`),
      'a value in a query': ['GET', `/api/v1/secrets?value=${url}`, adminToken],
      'a value in a path': ['GET', `/api/v1/${url}`, adminToken],
      'a value for a key': ['GET', '/api/v1/whoami', Buffer.from(BROKEN).toString('base64')],
      'an agent that writes': put(agent.token, theirs),
      'an unknown key that writes': put('vsk_h_none', theirs),
      'broken MCP': ['POST', '/mcp', agent.token, `{"id":1,"method":"${FORBIDDEN}`],
    };
    for (const [name, said] of Object.entries(wrong))
      expect(await send(name, said), name).toBeGreaterThanOrEqual(400);
  });

  test('no value is in a list, log, message to Slack, answer, column, file or write-ahead log; the control value is in all of them', async () => {
    const { server, services } = workspace;
    const { dataSource } = services.database;
    const { adminToken } = services;
    for (const name of [
      'secrets:list',
      'mcp:audit',
      'mcp:approvals',
      'keys:list',
      'people:list',
      'mcp:resources',
      'notifications:list',
      'notifications:deliveries',
    ])
      expect(await run(name, [name, '--json'], adminToken)).toMatchObject({ exit: 0 });
    await sqlOn(dataSource)('checkpoint');
    await server.stop();

    const program = server.program();
    const texts = {
      ...outputs,
      log: `${program.stdout()}\n${program.stderr()}`,
      Slack: proxy.traffic(),
    };
    const places = { texts, files: [postgres.dataDir], dataSource };
    expect(await findCanaries(places, [...VALUES, ADDRESS, signing])).toEqual([]);

    const control = (await findCanaries(places, [CONTROL])).join('\n');
    for (const place of [
      'mcp:audit',
      'mcp:approvals',
      'Slack',
      'table public.approval',
      'table public.audit_event',
      'pg_wal/',
      'pg/base/',
    ])
      expect(control).toContain(place);
    expect(server.log().length).toBeGreaterThan(3);
  });
});
