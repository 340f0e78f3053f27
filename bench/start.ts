/**
 * The built program: how long `vsecure serve` takes until it is ready, with a new and with an existing embedded database, beside a Node that
 * does nothing; and its memory, before and after requests and decisions by REST. Run `npm run build` before.
 * `npx tsx bench/start.ts 10000` for ten thousand requests.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { VSecureClient } from '../src/sdk/index.js';
import { quantile } from './measure.js';
import { line, title } from './report.js';
import { timed } from './wake-up.js';

const PROGRAM = path.resolve(import.meta.dirname, '../dist/src/bin.js');
const STARTS = 5;
/** Requests, each of which is then decided. */
const REQUESTS = 2_000;
const CALLERS = 16;
const ADMIN = 'admin@localhost';
/** Milliseconds until the memory of a start is what it is at rest. */
const REST = 3_000;

export async function benchStart(requests = REQUESTS): Promise<void> {
  if (!existsSync(PROGRAM)) throw new Error('run `npm run build` first');
  const times = { node: [] as number[], first: [] as number[], later: [] as number[] };
  const folders: string[] = [];
  try {
    for (let start = 0; start < STARTS; start += 1) {
      const folder = mkdtempSync(path.join(tmpdir(), 'vsecure-bench-'));
      folders.push(folder);
      times.node.push(await timed(() => once(spawn(process.execPath, ['--eval', '0']), 'close')));
      for (const which of ['first', 'later'] as const) {
        const server = await startProgram(folder);
        times[which].push(server.took);
        await server.stop();
      }
    }
    title('from the start of the program to ready, against a Node that does nothing (ms)');
    const node = quantile(times.node, 0.5);
    for (const [name, taken] of [
      ['new database', times.first],
      ['existing database', times.later],
    ] as const)
      line(name, node, quantile(taken, 0.5), quantile(taken, 0.5) / node);
    await benchMemory(folders[0] ?? '', requests);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

async function benchMemory(folder: string, requests: number): Promise<void> {
  const adminKey = execFileSync(process.execPath, [PROGRAM, 'admin:bootstrap'], {
    env: environment(folder),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const server = await startProgram(folder);
  await sleep(REST);
  const rest = server.megabytes();
  await work(server.url, `${adminKey}`.trim(), requests);
  const worked = server.megabytes();
  await server.stop();
  console.log('\nmemory of the program (resident, MB)');
  console.log(`  at rest ${rest.toFixed(0)}`);
  console.log(
    `  after ${requests.toLocaleString('en')} requests and decisions ${worked.toFixed(0)}`,
  );
}

/** Asks with a few agents' keys, and denies each request. */
async function work(url: string, adminKey: string, requests: number): Promise<void> {
  const admin = new VSecureClient({ url, apiKey: adminKey });
  await admin.mcp.configureResource({
    uri: 'vsecure://secrets/production/**',
    approvers: [ADMIN],
  });
  const agents = await Promise.all(
    Array.from({ length: CALLERS }, async (_, n) => {
      const wish = { name: `agent-${n}`, class: 'agent', owner: 'bob@example.com' } as const;
      const { token } = await admin.keys.create(wish);
      return new VSecureClient({ url, apiKey: token });
    }),
  );
  let asked = 0;
  const caller = async (agent: VSecureClient) => {
    while (asked < requests) {
      asked += 1;
      const { id } = await agent.mcp.requestApproval({
        resources: [`vsecure://secrets/production/KEY_${asked}`],
        operation: 'read',
        reason: 'Debugging the failing database connection',
        waitFor: 0,
      });
      await admin.mcp.deny(id, { reason: 'Not today' });
    }
  };
  await Promise.all(agents.map(caller));
}

/** Starts `vsecure serve`. Resolves when it is ready; `took` is the time until then (ms). */
async function startProgram(folder: string) {
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'serve'], {
    env: environment(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await urlOf(child);
  while (!(await fetch(`${url}/readyz`)).ok) await sleep(5);
  return {
    url,
    took: performance.now() - began,
    megabytes: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', `${child.pid}`])) / 1024,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function urlOf({ stderr }: ChildProcess): Promise<string> {
  if (!stderr) throw new Error('the log cannot be read');
  for await (const text of createInterface(stderr)) {
    const { msg, url } = text.startsWith('{') ? JSON.parse(text) : {};
    if (msg === 'vsecure is up') {
      stderr.resume();
      return url;
    }
  }
  throw new Error('the server ended before it was ready');
}

const environment = (folder: string) => ({
  PATH: process.env['PATH'],
  HOME: folder,
  VSECURE_DATA_DIR: path.join(folder, 'data'),
  PORT: '0',
  VSECURE_ADMIN_EMAIL: ADMIN,
  VSECURE_MAX_REQUESTS_PER_HOUR: '10000',
  VSECURE_RATE_LIMIT: '100000',
  VSECURE_DENIED_COOLDOWN: '0',
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await benchStart(Number(process.argv[2] ?? REQUESTS));
