/** Helpers of the launcher's tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  startEmbedded,
} from '../../src/postgres/embedded.js';
import { builtProgram } from '../support/built.js';
import { temporaryFolder } from '../support/folder.js';

/** The path of a data directory that does not exist yet. */
export function newDataDir(): string {
  return path.join(temporaryFolder('embedded'), 'pg');
}

/** Starts a server that is stopped when the test ends. */
export async function start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const server = await startEmbedded(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Runs one statement on its own connection. */
export async function query(server: pg.ClientConfig, sql: string): Promise<unknown[]> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts the server from another process, which is killed when the test ends. */
export async function hold(dataDir: string): Promise<{
  readonly child: ChildProcess;
  readonly pid: number;
  readonly adopted: boolean;
}> {
  const [node, holder] = builtProgram('test/postgres/holder.ts');
  const child = spawn(node, [holder, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => kill(child));
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, ...JSON.parse(line) };
}

/** Sends SIGKILL, and waits until the process is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const dead = once(child, 'exit');
  child.kill('SIGKILL');
  await dead;
}

/** Whether the process exists. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
