/** A real PostgreSQL server on a data directory: this process starts it, or uses the one that another process runs. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, findBinaries } from './binaries.js';
import { ensureCluster, SUPERUSER } from './cluster.js';
import { answers, ensureDatabase } from './connect.js';
import { EmbeddedPostgresError } from './errors.js';
import { readableBinaries } from './readable-copy.js';
import { running } from './running.js';
import { serverCommand } from './server-command.js';
import { makeSocketFolder, PORT } from './socket-folder.js';
import { type Supervised, supervise } from './supervisor.js';
import { type Identity, unprivileged } from './unprivileged.js';

/** Which server to run. */
export interface EmbeddedOptions {
  /** The data directory. It and its parents are created when missing. */
  readonly dataDir: string;
  /** The database to create when it is missing. Default: `vsecure`. */
  readonly database?: string;
  /** A commit survives a power cut. False is for tests only. Default: true. */
  readonly durable?: boolean;
  /** Further server settings, as in postgresql.conf. An adopted server keeps its own. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running server and how to connect to it: `host` is the folder of its socket. */
export interface EmbeddedPostgres extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Another process started it. Then it stops with that process, and `stop()` does nothing. */
  readonly adopted: boolean;
  /** The server's process id, if known. */
  readonly pid: number | undefined;
  /** Shuts down a server that this process started. Later calls do nothing. */
  stop(): Promise<void>;
}

/** Milliseconds: crash recovery after a power cut is the longest start there is. */
const STARTUP_MAX = 60_000;
const BUSY_MAX = 30_000;
const READY_POLL = 15;
const BUSY_POLL = 100;

/**
 * Starts the server of a data directory, which it creates when it is missing, and resolves when the server answers.
 * The server stops with this process, also when this process is killed.
 * Throws EmbeddedPostgresError, whose message says what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const plan = await prepare(options);
  const deadline = Date.now() + BUSY_MAX;
  while (Date.now() < deadline) {
    const server = (await adopt(plan)) ?? (await launch(plan));
    if (server) return server;
    await sleep(BUSY_POLL); // A server is starting or ending.
  }
  throw new EmbeddedPostgresError(
    'busy',
    `Another process holds ${plan.dataDir}, but its PostgreSQL does not answer. Stop that process; if there is none, delete postmaster.pid there.`,
  );
}

interface Plan {
  readonly dataDir: string;
  readonly database: string;
  readonly durable: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly binaries: Binaries;
}

async function prepare(options: EmbeddedOptions): Promise<Plan> {
  const { database = 'vsecure', durable = true, settings = {} } = options;
  const dataDir = path.resolve(options.dataDir);
  const found = findBinaries();
  const identity = await unprivileged(dataDir);
  const binaries = await readableBinaries(found, identity);
  return { dataDir, database, durable, settings, identity, binaries };
}

/** The server that already runs, or undefined. */
async function adopt({ dataDir, database }: Plan): Promise<EmbeddedPostgres | undefined> {
  const server = running(dataDir);
  if (!server) return undefined;
  const { pid, ...listening } = server;
  const address = { ...listening, user: SUPERUSER };
  if (!(await answers(address))) return undefined;
  await ensureDatabase(address, database);
  return embedded({ ...address, database, pid, adopted: true, stop: async () => {} });
}

/** The server that this process starts, or undefined when another process has the data directory. */
async function launch(plan: Plan): Promise<EmbeddedPostgres | undefined> {
  const { dataDir, database, binaries, identity } = plan;
  await ensureCluster(plan, binaries, identity);
  const folder = makeSocketFolder(dataDir, identity);
  const command = serverCommand(plan, folder.path);
  const server = supervise(command, folder.temporary ? folder.path : '', identity.ids);
  const address = { host: folder.path, port: PORT, user: SUPERUSER };
  try {
    // Another process's server may answer on the same socket while PostgreSQL still refuses this one.
    const isOurs = () => server.pid() === running(dataDir)?.pid;
    if (!(await ready(server, async () => isOurs() && (await answers(address))))) return undefined;
    await ensureDatabase(address, database);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return embedded({ ...address, database, pid: server.pid(), adopted: false, stop: server.stop });
}

async function ready(server: Supervised, isReady: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + STARTUP_MAX;
  while (!server.hasExited() && Date.now() < deadline) {
    if (await isReady()) return true;
    await sleep(READY_POLL);
  }
  if (server.hasExited() && isHeldByAnother(server.log())) return false;
  throw new EmbeddedPostgresError(
    'start_failed',
    `The embedded PostgreSQL did not start: ${server.log()} — fix that, or set DATABASE_URL to a PostgreSQL server.`,
  );
}

/** By another process that runs the server, or by backends of a killed server, which end in a moment. */
function isHeldByAnother(log: string): boolean {
  return /lock file .* already exists|pre-existing shared memory block .* is still in use/.test(
    log,
  );
}

function embedded(server: Omit<EmbeddedPostgres, keyof AsyncDisposable>): EmbeddedPostgres {
  return { ...server, [Symbol.asyncDispose]: server.stop };
}
