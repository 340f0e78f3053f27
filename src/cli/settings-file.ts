/** Changes a file of settings that belongs to another program: with a copy of what was, and never half. */

import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandFailed } from './command-errors.js';

export interface FileChange {
  /** The copy of what the file was; absent when there was none. */
  readonly backup?: string;
  /** May others on this machine read the file? False where the system does not say. */
  readonly isOpen: boolean;
}

/**
 * Replaces the file by what `change` makes of its text, in one step. A new file, and the folders for it, can be read by
 * the owner only; an old one keeps its permissions. Throws what `change` throws, before anything is written; CommandFailed
 * for text that is not UTF-8.
 */
export async function changeFile(
  name: string,
  change: (text: string | undefined) => string,
): Promise<FileChange> {
  // A link, as people's dotfiles have it, stays one.
  const file = await realpath(name).catch(ifMissing(name));
  const bytes = await readFile(file).catch(ifMissing(undefined));
  const text = change(bytes && utf8(bytes));
  if (bytes === undefined) {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await replace(file, text, 0o600);
    return { isOpen: false };
  }
  const backup = `${file}.${new Date().toISOString().replaceAll(':', '-')}.bak`;
  await copyFile(file, backup, constants.COPYFILE_EXCL);
  const mode = (await stat(file)).mode & 0o777;
  await replace(file, text, mode);
  return { backup, isOpen: process.platform !== 'win32' && (mode & 0o077) !== 0 };
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { mode, flag: 'wx' });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CommandFailed('It is not UTF-8 text. Nothing was changed.');
  }
}

function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
