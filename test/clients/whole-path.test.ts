/**
 * The newest releases of clients that people build agents with, each over HTTP and through mcp-server-vsecure: from the request to the value, with a
 * person who decides after 70 s, which is longer than one call of most clients may take. `npm run test:clients` runs it; it installs the clients.
 */

import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VSecureClient } from '../../src/sdk/index.js';
import { openServers } from '../flow/real-servers.js';
import { findCanaries } from '../support/canary.js';
import { temporaryFolder } from '../support/folder.js';
import { brokenInvariants } from '../support/invariants.js';
import { RELAY } from '../support/relay.js';
import { until } from '../support/until.js';
import { type Program, startCommand } from '../support/vsecure.js';

/** Milliseconds until the person decides. */
const DECIDED_AFTER = 70_000;
/** Milliseconds that a client may take until it has made its request. */
const CONNECT_MAX = 60_000;
const INSTALL_MAX = 600_000;
const WHOLE_MAX = 600_000;

const { dependencies: versions } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'package.json'), 'utf8'),
);
const CLIENTS = [
  '@ai-sdk/mcp',
  '@langchain/mcp-adapters',
  '@mastra/mcp',
  '@openai/agents',
  '@modelcontextprotocol/inspector',
  'mcp-remote',
];
/** By title, the client and the command of the program that it starts, if it does not connect over HTTP. */
const ROWS: [string, string, readonly string[] | undefined][] = CLIENTS.flatMap((client) => {
  const title = `${client} ${versions[client]}`;
  const http = [`${title} over HTTP`, client, undefined] as const;
  // An AI tool starts mcp-remote instead of mcp-server-vsecure.
  if (client === 'mcp-remote') return [[...http]];
  return [[...http], [`${title} through mcp-server-vsecure`, client, [process.execPath, RELAY]]];
});

type Servers = Awaited<ReturnType<typeof openServers>>;
let folder: string;
let servers: Servers;
let admin: VSecureClient;
beforeAll(async () => {
  folder = temporaryFolder('clients');
  for (const file of ['package.json', 'programs.mjs', 'whole-path.mjs'])
    cpSync(path.join(import.meta.dirname, file), path.join(folder, file));
  const argv = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
  const [opened] = await Promise.all([
    openServers(1),
    promisify(execFile)('npm', argv, { cwd: folder }),
  ]);
  servers = opened;
  admin = new VSecureClient({ url: servers.server.url, apiKey: servers.services.adminToken });
}, INSTALL_MAX);

const values: string[] = [];
afterAll(async () => {
  await servers.stop();
  const log = servers.server.program().stderr();
  const { dataSource } = servers.services.database;
  expect(await findCanaries({ texts: { log }, dataSource }, values)).toEqual([]);
  expect(await brokenInvariants(dataSource)).toEqual([]);
  await servers.services.close();
});

/** Clients connect one after the other: if all start at once on two cores, some reach their own limit of 5 s first. They wait at the same time. */
let turn: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = turn.then(work);
  turn = result.catch(() => {});
  return result;
}

/** A key and a secret of its own for each run. */
async function startClient(client: string, through: readonly string[] | undefined) {
  const { services, server } = servers;
  const name = `agent-${values.length + 1}`;
  const value = `postgres://app:${crypto.randomUUID()}@db/production`;
  values.push(value);
  const resource = `vsecure://secrets/production/DATABASE_URL_${values.length}`;
  await services.secret(value, resource);
  const { token } = await services.agent(name);
  const home = temporaryFolder('home');
  const options = { url: server.url, token, resource, through, home };
  const node = path.join(folder, 'node_modules/node/bin/node');
  const command = [node, 'whole-path.mjs', client, JSON.stringify(options)] as const;
  return { name, value, resource, home, program: startCommand([...command], { cwd: folder }) };
}

interface Step {
  readonly tool: string;
  readonly text: string;
}

/** What the client got so far. */
const stepsOf = (program: Program): Step[] =>
  program
    .stdout()
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{"tool"'))
    .map((line) => JSON.parse(line));

/** The id of the request, once the client has it. Throws the words of a client that ended instead. */
function requestOf(program: Program): string | undefined {
  if (!program.running())
    throw new Error(`the client ended: ${program.stderr()}${program.stdout()}`);
  const asked = stepsOf(program).find(({ tool }) => tool === 'request-access');
  return asked && JSON.parse(asked.text).approval_id;
}

test.concurrent.for(ROWS)(
  '%s: the model requests, waits 70 s for the decision, reads and releases',
  { timeout: WHOLE_MAX },
  async ([title, client, through]) => {
    const { name, value, resource, home, program, id } = await inTurn(async () => {
      const started = await startClient(client, through);
      const asked = () => requestOf(started.program);
      return { ...started, id: await until(`a request of ${title}`, asked, CONNECT_MAX) };
    });
    await sleep(DECIDED_AFTER);
    await servers.alice.mcp.approve(id, { reason: 'go ahead' });
    const { exit, stderr } = await program.ended;
    const steps = stepsOf(program);
    expect(exit, stderr).toBe(0);

    // The model gets the value in the answer that it asked for, and nothing else holds it.
    const [read, ...more] = steps.filter(({ text }) => text.includes(value));
    expect(more).toEqual([]);
    expect(read?.tool).toBe('read-secret');
    expect(JSON.parse(read?.text ?? '')).toMatchObject({ resource, value, encoding: 'utf8' });
    expect(await findCanaries({ texts: { stderr }, files: [home] }, [value])).toEqual([]);

    const events = await admin.mcp.auditLogs({ resource });
    expect(events.map(({ type, actor }) => `${type} by ${actor.name}`)).toEqual([
      `access_released by ${name}`,
      `secret_read by ${name}`,
      'approval_decided by alice@example.com',
      'access_granted by alice@example.com',
      'vote_cast by alice@example.com',
      `approval_requested by ${name}`,
      `read_refused by ${name}`,
      expect.stringContaining('secret_written by admin'),
    ]);
  },
);
