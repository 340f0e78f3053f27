/** Once for each run of the tests: a folder for all that they write, and a server with a migrated template in it. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, startEmbedded } from '../../src/postgres/embedded.js';
import { running } from '../../src/postgres/running.js';
import { migrated } from './migrated.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Holds everything that the tests write. */
    runFolder: string;
    /** The server that all test files share, each with a database of its own. */
    sharedPostgres: { host: string; port: number; user: string; template: string };
  }
}

const TEMPLATE = 'template_vsecure';
const STOP_MAX = 10_000;

/** Starts what the run shares; what it returns ends all of it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vsecure-test-'));
  const end = () => remove(folder);
  try {
    const { host, port, user } = await startShared(folder);
    project.provide('runFolder', folder);
    project.provide('sharedPostgres', { host, port, user, template: TEMPLATE });
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

async function startShared(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({
    dataDir: path.join(folder, 'shared', 'pg'),
    database: TEMPLATE,
    durable: false,
    settings: { max_connections: '200' },
  });
  await migrated(server);
  return server;
}

/** Removes the folder when the last server in it has stopped, those of failed tests included. */
async function remove(folder: string): Promise<void> {
  const deadline = Date.now() + STOP_MAX;
  for (const dataDir of dataDirs(folder)) stop(dataDir);
  while (dataDirs(folder).length > 0 && Date.now() < deadline) await sleep(20);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** The data directories in use, `<run folder>/<folder of a test>/pg`. */
function dataDirs(folder: string): string[] {
  const all = readdirSync(folder).map((name) => path.join(folder, name, 'pg'));
  return all.filter((dataDir) => existsSync(path.join(dataDir, 'postmaster.pid')));
}

function stop(dataDir: string): void {
  const server = running(dataDir);
  try {
    if (server) process.kill(server.pid, 'SIGINT');
  } catch {
    rmSync(path.join(dataDir, 'postmaster.pid'), { force: true }); // It was killed, and left this behind.
  }
}
