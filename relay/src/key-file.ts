/** Reads the API key from a file that only its owner can read. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { codeOf } from './fault.js';
import type { KeyText } from './key-command.js';

const FILE_MAX_BYTES = 4096;
/** The permission bits of group and others. ssh checks its key files in the same way. */
const GROUP_AND_OTHERS = 0o077;

/**
 * Reads the whole file. Problems do not repeat the path: a person may have entered the key itself instead of a path.
 * Never rejects.
 */
export async function readKeyFile(file: string): Promise<KeyText> {
  try {
    // Without O_NONBLOCK the relay would wait at a named pipe until another program writes to it.
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return await readFrom(handle);
  } catch (error) {
    return failed(PROBLEMS[codeOf(error) ?? ''] ?? 'cannot be read');
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: give its full path',
  EACCES: 'cannot be read by this user',
  EISDIR: 'is not a file',
};

/** Checks the open file, not its path, so that the file cannot be replaced between the check and the read. */
async function readFrom(handle: FileHandle): Promise<KeyText> {
  const stats = await handle.stat();
  if (!stats.isFile()) return failed('is not a file');
  // Windows has no permission bits: there every file looks readable by others.
  if (process.platform !== 'win32' && (stats.mode & GROUP_AND_OTHERS) !== 0)
    return failed('can be read by others: run chmod 600 "$VSECURE_API_KEY_FILE"');
  if (stats.size > FILE_MAX_BYTES) return failed('is far larger than a key');
  return { ok: true, text: await handle.readFile('utf8') };
}

function failed(what: string): KeyText {
  return { ok: false, problem: `the file named in VSECURE_API_KEY_FILE ${what}` };
}
