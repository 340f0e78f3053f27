/**
 * Asking and deciding by HTTP, against AgentGate on its default database, SQLite. Both run on this machine, take turns, and are called by
 * sixteen callers in a process of their own. First `sh bench/peers/install-agentgate.sh <folder>`, then
 * `npx tsx bench/peers/agentgate.ts <folder>`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../test/support/until.js';
import { type LoadRequest, startLoad } from '../load.js';
import { quantile } from '../measure.js';
import { line, title } from '../report.js';
import { openStage } from '../stage.js';
import { openWriters } from '../writes.js';

const CALLERS = 16;
const ROUND = 1_500;
const ROUNDS = 5;
/** More than one round of AgentGate can send. */
const ENOUGH = 2_000;

interface Side {
  readonly url: string;
  asks(): Promise<LoadRequest[]>;
  decisions(): Promise<LoadRequest[]>;
  close(): Promise<unknown>;
}

/** Starts AgentGate from its checkout, over a new database. It applies its migrations itself. */
async function openAgentGate(checkout: string): Promise<Side> {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentgate-bench-'));
  const cwd = path.join(checkout, 'packages/server');
  const port = await freePort();
  const env = {
    ...process.env,
    PORT: `${port}`,
    HOST: '127.0.0.1',
    DATABASE_URL: path.join(folder, 'agentgate.db'),
    RATE_LIMIT_ENABLED: 'false',
    LOG_LEVEL: 'info',
  };
  const tsx = path.join(cwd, 'node_modules/.bin/tsx');
  const child = spawn(tsx, ['src/index.ts'], { cwd, env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await until(
    'AgentGate',
    () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    60_000,
  );
  const printed = execFileSync(tsx, ['src/bootstrap.ts'], { cwd, env, encoding: 'utf8' });
  const token = /agk_[\w-]+/.exec(printed)?.[0];
  if (!token) throw new Error('AgentGate printed no key');
  const body = JSON.stringify({
    action: 'read_secret',
    params: { resource: 'production/DATABASE_URL' },
    context: { reason: 'Debugging the failing database connection' },
  });
  const ask = { path: '/api/requests', token, body };
  const asked = async (): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${ask.path}`, { method: 'POST', headers, body });
    return ((await answer.json()) as { id: string }).id;
  };
  return {
    url,
    asks: async () => Array.from({ length: ENOUGH }, () => ask),
    async decisions() {
      const decision = JSON.stringify({ decision: 'approved', decidedBy: 'alice', reason: 'Fine' });
      const ids = await Promise.all(Array.from({ length: ENOUGH }, asked));
      return ids.map((id) => ({ path: `${ask.path}/${id}/decide`, token, body: decision }));
    },
    async close() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

const [checkout] = process.argv.slice(2);
if (!checkout) throw new Error('name the folder that bench/peers/install-agentgate.sh has made');
const stage = await openStage();
const [vsecure, agentGate] = [
  await openWriters(stage),
  await openAgentGate(path.resolve(checkout)),
];
const load = startLoad();
title('asking and deciding by HTTP, 16 callers, against AgentGate (a second)');
for (const what of ['asks', 'decisions'] as const) {
  const rate = async (side: Side) => {
    const requests = await side[what]();
    const { done, took } = await load.run({ url: side.url, callers: CALLERS, ms: ROUND, requests });
    return (done * 1_000) / took;
  };
  const rates = { peer: [] as number[], ours: [] as number[] };
  for (let round = -1; round < ROUNDS; round += 1) {
    const [peer, ours] = [
      await rate(agentGate),
      await rate({ ...vsecure, asks: () => vsecure.asks() }),
    ];
    if (round < 0) continue;
    rates.peer.push(peer);
    rates.ours.push(ours);
  }
  const [peer, ours] = [quantile(rates.peer, 0.5), quantile(rates.ours, 0.5)];
  line(what, peer, ours, ours / peer);
}
load.close();
await agentGate.close();
await vsecure.close();
await stage.close();
