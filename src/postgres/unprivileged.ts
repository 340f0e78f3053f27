/** PostgreSQL refuses to run as root. This module chooses the user that it runs as instead. */
import { existsSync, statSync } from 'node:fs';
import { EmbeddedPostgresError } from './errors.js';
import { type Command, type Ids, run } from './run.js';

/** How to start the server's programs: a command prefix, and the user to run as. */
export interface Identity {
  readonly prefix: readonly string[];
  readonly ids?: Ids;
}

/** Inside, root appears as uid 65534, while outside its files still belong to root: this adds no user to the host and works below root's home. */
const USER_NAMESPACE: Command = ['unshare', '--user', '--map-user=65534', '--map-group=65534'];

const SUBSTITUTES = ['postgres', 'nobody'];

/**
 * The identity that runs the server of `dataDir`: this user, or, when this is root, root in a user namespace, or else the operating
 * system's user `postgres` or `nobody`. An existing data directory keeps its owner. Throws EmbeddedPostgresError when none is available.
 */
export async function unprivileged(dataDir: string): Promise<Identity> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined;
  if (owner && owner.uid !== 0) return { prefix: [], ids: { uid: owner.uid, gid: owner.gid } };
  if ((await run([...USER_NAMESPACE, 'true'])).ok) return { prefix: USER_NAMESPACE };
  return { prefix: [], ids: await substitute() };
}

/** The uid that owns what the server writes, as the file system shows it. */
export function ownerOf(identity: Identity): number {
  return identity.ids?.uid ?? process.getuid?.() ?? 0;
}

/** The command as this identity starts it. */
export function as(identity: Identity, [program, ...args]: Command): Command {
  const [wrapper, ...options] = identity.prefix;
  return wrapper === undefined ? [program, ...args] : [wrapper, ...options, program, ...args];
}

async function substitute(): Promise<Ids> {
  for (const name of SUBSTITUTES) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new EmbeddedPostgresError(
    'no_unprivileged_user',
    'PostgreSQL must not run as root, and there is neither a user namespace nor a user named postgres or nobody to run it as. Run vsecure as another user, or set DATABASE_URL.',
  );
}

async function idOf(flag: '-u' | '-g', name: string): Promise<number> {
  const { ok, output } = await run(['id', flag, name]);
  return ok ? Number(output) : 0;
}
