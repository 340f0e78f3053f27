/** Changes the settings file of another program atomically and keeps a backup. */

import { constants } from 'node:fs';
import { copyFile, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { utf8Text } from '../contract/utf8.js';
import { CommandFailed } from './command-errors.js';

export interface FileChange {
  /** Path of the backup. Absent when the file is new. */
  readonly backup?: string;
  /** True when other users on this machine can read the file. Always false on Windows, which has no mode bits. */
  readonly isOpen: boolean;
}

/**
 * Replaces the text of the file with the result of `change`, atomically. Only the owner can read a new file and its folders;
 * an existing file keeps its permissions. Throws whatever `change` throws, before anything is written. Throws CommandFailed
 * when the file is not UTF-8 text.
 */
export async function changeFile(
  name: string,
  change: (text: string | undefined) => string,
): Promise<FileChange> {
  // A symbolic link, as in dotfile repositories, stays a link.
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
  const text = utf8Text(bytes);
  if (text !== undefined) return text;
  throw new CommandFailed('The file is not UTF-8 text. Nothing was changed.');
}

function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
