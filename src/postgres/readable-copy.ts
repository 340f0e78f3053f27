/** An unprivileged user cannot run programs below root's home, so it runs a copy of them. */
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Binaries, binariesIn } from './binaries.js';
import { systemCode } from './errors.js';
import { requireOwnFolder } from './private-folder.js';
import { run } from './run.js';
import type { Identity } from './unprivileged.js';

/** Survives a restart of the machine, unlike /tmp, so that the copy is made once. */
const COPIES = '/var/tmp';

/** The programs in a place where this identity can run them: the original, or a copy that belongs to root. */
export async function readableBinaries(
  binaries: Binaries,
  { ids }: Identity,
  copies = COPIES,
): Promise<Binaries> {
  if (!ids || (await run([binaries.postgres, '--version'], ids)).ok) return binaries;
  const copy = path.join(copies, `vsecure-postgres-${binaries.version}`);
  if (!existsSync(copy)) copyTo(copy, binaries.folder);
  requireOwnFolder(copy, 0);
  return binariesIn(copy, binaries.version);
}

/** Copies to another name and then renames, so that no process runs half a copy. */
function copyTo(copy: string, folder: string): void {
  const unfinished = mkdtempSync(`${copy}.`);
  try {
    cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (systemCode(error) !== 'ENOTEMPTY') throw error; // Another process finished the same copy first.
  }
}
