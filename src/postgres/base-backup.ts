/** Copies the data directory of a running embedded server, so that a server can start on the copy. https://www.postgresql.org/docs/18/continuous-archiving.html */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { type Address, withClient } from './client.js';
import { EmbeddedPostgresError, systemCode } from './errors.js';

/** Files that belong to the running server only, or that the next start creates again. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'pg_internal.init']);
const LEFT_EMPTY = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const WAL_SEGMENT = /^[0-9A-F]{24}$/;

/**
 * Copies the database in the state that is committed when the copy ends; writers are not blocked. `target` appears complete or not at
 * all.
 * Throws EmbeddedPostgresError when there is something at `target`.
 */
export async function baseBackup(server: Address, dataDir: string, target: string): Promise<void> {
  requireFree(target);
  const unfinished = `${target}.unfinished-${process.pid}`;
  const copy = async (client: pg.Client) => {
    // Until this connection ends, PostgreSQL keeps the write-ahead log that the copy needs.
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [slotName()]);
    await client.query(`select pg_backup_start('vsecure backup', true)`);
    copyFolder(dataDir, unfinished);
    const { rows } = await client.query('select labelfile from pg_backup_stop(false)');
    writeFileSync(path.join(unfinished, 'backup_label'), rows[0].labelfile, { mode: 0o600 });
    likeOwner(path.join(unfinished, 'backup_label'), dataDir);
    copyLog(dataDir, unfinished);
    renameSync(unfinished, target);
  };
  try {
    await withClient(server, copy);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

const slotName = () => `vsecure_backup_${process.pid}`;

function requireFree(target: string): void {
  if (!existsSync(target)) return;
  throw new EmbeddedPostgresError(
    'backup_in_the_way',
    `${target} exists already. Name a folder that does not exist yet: each backup needs its own.`,
  );
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700, recursive: true });
  likeOwner(to, from);
  for (const name of readdirSync(from)) {
    if (LEFT_OUT.has(name) || name.startsWith('pgsql_tmp')) continue;
    const source = path.join(from, name);
    if (LEFT_EMPTY.has(name)) emptyFolder(source, path.join(to, name));
    else copyEntry(source, path.join(to, name));
  }
}

function copyEntry(source: string, target: string): void {
  const found = existing(source);
  if (found?.isDirectory()) copyFolder(source, target);
  else if (found?.isFile()) copyFile(source, target);
}

/** PostgreSQL may delete a file during the copy; the write-ahead log records that, too. */
function existing(file: string) {
  return lstatSync(file, { throwIfNoEntry: false });
}

function emptyFolder(source: string, target: string): void {
  mkdirSync(target, { mode: 0o700 });
  likeOwner(target, source);
  // PostgreSQL expects the subfolders of pg_wal: archive_status, summaries.
  for (const name of readdirSync(source))
    if (existing(path.join(source, name))?.isDirectory() && path.basename(source) === 'pg_wal')
      emptyFolder(path.join(source, name), path.join(target, name));
}

function copyLog(dataDir: string, target: string): void {
  for (const name of readdirSync(path.join(dataDir, 'pg_wal')))
    if (WAL_SEGMENT.test(name))
      copyFile(path.join(dataDir, 'pg_wal', name), path.join(target, 'pg_wal', name));
}

function copyFile(source: string, target: string): void {
  try {
    copyFileSync(source, target);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  chmodSync(target, 0o600);
  likeOwner(target, source);
}

/** When this process is root, the server may run as another user. */
function likeOwner(target: string, source: string): void {
  const owner = process.getuid?.() === 0 ? existing(source) : undefined;
  if (owner) chownSync(target, owner.uid, owner.gid);
}
