/** The data directory: created completely or not at all, and refused when it holds something else. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError, systemCode } from './errors.js';
import { giveTo } from './private-folder.js';
import { run } from './run.js';
import { as, type Identity } from './unprivileged.js';

/** The one role of the embedded server, its superuser. */
export const SUPERUSER = 'vsecure';

const MAJOR_VERSION = '18';

/** Collation and case rules that are the same on every host, whatever its locale and ICU. */
const LOCALE = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
];

/** What a new data directory needs to know. */
export interface Cluster {
  readonly dataDir: string;
  readonly durable: boolean;
}

/**
 * Creates the data directory when it is missing. It is prepared under another name and then renamed, so that a
 * process killed halfway leaves nothing that looks like a database. Throws EmbeddedPostgresError.
 */
export async function ensureCluster(cluster: Cluster, binaries: Binaries, identity: Identity) {
  closeDataFolder(cluster.dataDir, identity);
  if (isCluster(cluster.dataDir)) return;
  const unfinished = `${cluster.dataDir}.init-${process.pid}`;
  removeAbandoned(cluster.dataDir);
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    giveTo(unfinished, identity);
    await requireReachable(unfinished, identity);
    await initialise(unfinished, cluster.durable, binaries, identity);
    renameSync(unfinished, cluster.dataDir);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process made the same data directory first: ours is not needed.
    if (!isTaken(error)) throw error;
  }
}

/**
 * Makes the folder around the data directory, which also holds the master key, and closes it to other users. An existing folder that is
 * not ours alone, such as /tmp, stays as it is. A server that runs as another user needs a way through the folder, but sees no names in it.
 */
function closeDataFolder(dataDir: string, { ids }: Identity): void {
  const folder = path.dirname(dataDir);
  const mode = ids ? 0o711 : 0o700;
  mkdirSync(folder, { recursive: true, mode });
  const names = readdirSync(folder);
  const isUsed = names.length > 0 && !names.includes(path.basename(dataDir));
  const found = statSync(folder);
  const isShared = (found.mode & STICKY) !== 0 || found.uid !== process.getuid?.();
  if (!isUsed && !isShared) chmodSync(folder, found.mode & mode);
}

const STICKY = 0o1000;

/** For a command that needs what is stored, and would be misled by a new, empty database. Throws EmbeddedPostgresError. */
export function requireCluster(dataDir: string): void {
  if (isCluster(dataDir)) return;
  throw new EmbeddedPostgresError(
    'no_database',
    `There is no database at ${dataDir}. Set VSECURE_DATA_DIR to the data folder of the server: it contains the folder postgres.`,
  );
}

/** Is there a database here? Throws EmbeddedPostgresError when there is something else. */
export function isCluster(dataDir: string): boolean {
  const names = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (names.includes('PG_VERSION')) return requireVersion(dataDir);
  if (names.length === 0) return false;
  throw new EmbeddedPostgresError(
    'not_a_database',
    `${dataDir} holds files but no PostgreSQL database. Choose an empty VSECURE_DATA_DIR.`,
  );
}

function requireVersion(dataDir: string): true {
  const version = readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (version === MAJOR_VERSION) return true;
  throw new EmbeddedPostgresError(
    'wrong_version',
    `${dataDir} was made by PostgreSQL ${version}, and this vsecure runs ${MAJOR_VERSION}. Run the vsecure that made it and move the data, or set DATABASE_URL to a server of that version.`,
  );
}

/** Removes folders that killed processes left behind while they prepared a data directory. */
function removeAbandoned(dataDir: string): void {
  const prefix = `${path.basename(dataDir)}.init-`;
  const folder = path.dirname(dataDir);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Whether another process with this number exists. */
export function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // A folder with our number was made by a process that had it before us.
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

async function requireReachable(folder: string, { ids }: Identity): Promise<void> {
  if (!ids || (await run(['test', '-w', folder], ids)).ok) return;
  throw new EmbeddedPostgresError(
    'unreachable_folder',
    `PostgreSQL must not run as root, and the user it would run as (uid ${ids.uid}) cannot reach ${path.dirname(folder)}. Choose a VSECURE_DATA_DIR outside root's home, run vsecure as another user, or set DATABASE_URL.`,
  );
}

/** Every connection to the socket is trusted: only the server's user can enter the socket's folder. */
async function initialise(dataDir: string, durable: boolean, binaries: Binaries, id: Identity) {
  const safety = durable ? '--data-checksums' : '--no-sync';
  const options = ['--auth=trust', '--no-instructions', safety, ...LOCALE];
  const command = as(id, [binaries.initdb, '-D', dataDir, '-U', SUPERUSER, ...options]);
  const { ok, output } = await run(command, id.ids);
  if (ok) return;
  throw new EmbeddedPostgresError(
    'init_failed',
    `The embedded PostgreSQL could not make a database (it needs glibc 2.27 or newer, and room on the disk): ${output} — or set DATABASE_URL to a PostgreSQL server.`,
  );
}

function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '');
}
