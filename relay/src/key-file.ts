/** Reads the API key from a file that nobody but its owner can read. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { codeOf } from './fault.js';
import type { KeyText } from './key-command.js';

const FILE_MAX_BYTES = 4096;
/** The bits of group and others, as ssh asks of its key files. */
const NOT_THE_OWNER = 0o077;

/**
 * Reads the whole file. Its path is never repeated: somebody may have put the key itself where the path belongs.
 * Never rejects.
 */
export async function readKeyFile(file: string): Promise<KeyText> {
  try {
    // Without O_NONBLOCK a named pipe would hold the relay until somebody writes to it.
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return await readFrom(handle);
  } catch (error) {
    return failed(WHY[codeOf(error) ?? ''] ?? 'cannot be read');
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: give its whole path',
  EACCES: 'may not be read by this user',
  EISDIR: 'is not a file',
};

/** Asks the open file, not its name, so that nobody can swap it between the question and the reading. */
async function readFrom(handle: FileHandle): Promise<KeyText> {
  const stats = await handle.stat();
  if (!stats.isFile()) return failed('is not a file');
  // Windows has no such bits: there everything looks open.
  if (process.platform !== 'win32' && (stats.mode & NOT_THE_OWNER) !== 0)
    return failed('can be read by others: run chmod 600 "$VSECURE_API_KEY_FILE"');
  if (stats.size > FILE_MAX_BYTES) return failed('is far larger than a key');
  return { ok: true, text: await handle.readFile('utf8') };
}

function failed(what: string): KeyText {
  return { ok: false, problem: `the file named in VSECURE_API_KEY_FILE ${what}` };
}
