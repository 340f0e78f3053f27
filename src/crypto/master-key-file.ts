/** The master key in a file that only its owner can read. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type MasterKey, MasterKeyError, parseMasterKey } from './master-key.js';

/** Far more than a key needs: a wrong path must not load a disk image into memory. */
const MOST_BYTES = 1024;

/**
 * Reads the master key from `path`. With `create`, it makes one first when there is none; processes that do so at the same time
 * all get the same key. Throws MasterKeyError for a file that is missing or cannot be opened, a link, a mode with group or other bits, or a
 * bad key.
 */
export function loadOrCreateMasterKeyFile(path: string, options: { create: boolean }): MasterKey {
  const source = `the master key file ${path}`;
  const found = readPrivateFile(path, source);
  if (found !== undefined) return parseMasterKey(found, source);
  if (!options.create)
    throw new MasterKeyError(
      `${source} does not exist; make one with: openssl rand -base64 32, and mode 600`,
    );

  createKeyFile(path);
  // Read it back: another process may have created the file first.
  return parseMasterKey(readPrivateFile(path, source) ?? '', source);
}

/** The text of a file that only its owner can open, or undefined when there is none. */
function readPrivateFile(path: string, source: string): string | undefined {
  const file = openWithoutFollowing(path, source);
  if (file === undefined) return undefined;
  try {
    // Check the open file, not the path, which another user could replace in between.
    const { mode, size } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) {
      throw new MasterKeyError(`${source} is not a regular file`);
    }
    if ((mode & 0o077) !== 0) {
      throw new MasterKeyError(`${source} can be opened by others; run: chmod 600`);
    }
    if (size > MOST_BYTES) throw new MasterKeyError(`${source} is too long to be a key`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Non-blocking, because opening a pipe would wait for a writer for ever. */
function openWithoutFollowing(path: string, source: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'ELOOP')) throw new MasterKeyError(`${source} is a link`);
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
    throw new MasterKeyError(
      `${source} cannot be opened (${code}): check its folder and its owner`,
    );
  }
}

/**
 * Writes a new key to a draft and then links the draft to `path`, which fails if `path` exists: no process ever reads half a
 * key, and the first key stays. It is flushed to disk, because every secret is lost with it.
 */
function createKeyFile(path: string): void {
  const draft = `${path}.${randomBytes(8).toString('hex')}.draft`;
  const text = `${randomBytes(32).toString('base64')}\n`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  flushDirectory(dirname(path));
}

/** Before this, a power cut can lose the new name. */
function flushDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
