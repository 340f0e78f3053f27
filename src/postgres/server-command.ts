/** The command line that starts the server. */
import type { Binaries } from './binaries.js';
import type { Command } from './run.js';
import { PORT } from './socket-folder.js';
import { as, type Identity } from './unprivileged.js';

/** What the command line depends on. */
export interface ServerPlan {
  readonly dataDir: string;
  readonly durable: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly binaries: Binaries;
}

/** A small server for a few processes, in UTC. Its log contains no statement and no row. */
const SETTINGS = {
  max_connections: '50',
  shared_buffers: '64MB',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  timezone: 'UTC',
};

/** A power cut may lose commits: faster, and good enough for tests that do not cut the power. */
const NOT_DURABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '256MB',
};

/** Starts `postgres`, which listens only on a socket in `socketFolder` that only its own user can open. */
export function serverCommand(plan: ServerPlan, socketFolder: string): Command {
  const settings = {
    ...SETTINGS,
    ...(plan.durable ? {} : NOT_DURABLE),
    ...plan.settings,
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = [plan.binaries.postgres, '-D', plan.dataDir, '-p', String(PORT)] as const;
  return as(plan.identity, [...server, ...flags]);
}
