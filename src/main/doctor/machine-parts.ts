/** The parts of `vsecure doctor` about this machine: Node, and the room for the embedded database. */

import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config.js';
import { type Finding, failed, passed, skipped, warning } from '../../slack/check/finding.js';
import { one, type Part } from './part.js';
import type { UsableConfig } from './usable-config.js';

/** A Node that is too old never gets here: `bin.ts` refuses it. */
export const nodePart: Part = one('Node', () =>
  passed(`${process.version} on ${process.platform}-${process.arch}`),
);

/** The bytes that a user may still write in the file system of a folder. */
export type ReadFree = (folder: string) => Promise<number>;

const GIB = 2 ** 30;
/** The write-ahead log alone may take 1 GiB (`max_wal_size`). Without room for it PostgreSQL stops. */
const ROOM = { warn: 2 * GIB, fail: GIB / 4 };

export const diskPart = ({ config, unusable }: UsableConfig): Part =>
  one('disk', () => unusable('database') ?? checkDisk(config));

export async function checkDisk(
  { database }: Pick<Config, 'database'>,
  readFree: ReadFree = freeBytes,
): Promise<Finding> {
  if (database.url) return skipped('the database has the disk of your PostgreSQL server');
  const folder = nearestExisting(database.dataDir);
  const free = await readFree(folder);
  const message = `${(free / GIB).toFixed(1)} GiB are free for ${database.dataDir}`;
  const fix = 'make room there, or move the data folder to a larger disk';
  if (free < ROOM.fail) return failed(message, fix);
  return free < ROOM.warn ? warning(message, fix) : passed(message);
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The root of a file system always exists. */
function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(path.dirname(folder));
}
