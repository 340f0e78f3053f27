/** Folders with names that other users could guess. Their owner is checked before their contents are trusted. */
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { EmbeddedPostgresError, systemCode } from './errors.js';
import { type Identity, ownerOf } from './unprivileged.js';

const OTHERS_MAY_WRITE = 0o022;

/** Makes a folder that only this identity can enter, or accepts one that is. Throws EmbeddedPostgresError on anything else. */
export function privateFolder(folder: string, identity: Identity): string {
  if (makeFolder(folder) && identity.ids) giveTo(folder, identity);
  requireOwnFolder(folder, ownerOf(identity));
  chmodSync(folder, 0o700);
  return folder;
}

/** Throws EmbeddedPostgresError unless `folder` is a real directory of `uid` that no other user can write to. */
export function requireOwnFolder(folder: string, uid: number): void {
  const found = lstatSync(folder);
  const safe = found.isDirectory() && found.uid === uid && (found.mode & OTHERS_MAY_WRITE) === 0;
  if (safe) return;
  throw new EmbeddedPostgresError(
    'unsafe_folder',
    `${folder} is not a private folder of the user that runs PostgreSQL. Remove it, or choose another VSECURE_DATA_DIR.`,
  );
}

/** Hands a folder that we made to the user that the server runs as. */
export function giveTo(folder: string, { ids }: Identity): void {
  if (ids) chownSync(folder, ids.uid, ids.gid);
}

function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
