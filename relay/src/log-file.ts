/** The log file of the relay: a copy of what it writes to stderr, where people look for logs on their system. */
import {
  closeSync,
  constants,
  fchmodSync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from './key-source.js';

const NAME = 'mcp-server-vsecure.log';

/** Bytes after which the file is renamed to `….1`, replacing the previous `….1`. */
const LOG_MAX_BYTES = 1024 * 1024;

/**
 * The path of the log file. Undefined if the user has no home folder.
 * Linux: XDG Base Directory Specification, which ignores relative paths. macOS: next to the logs of Claude Desktop.
 */
export function logFilePath(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const home = env['HOME'] || homeOfUser();
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] || (home && path.win32.join(home, 'AppData', 'Local'));
    return local && path.win32.join(local, 'vsecure', 'Logs', NAME);
  }
  if (platform === 'darwin') return home && path.posix.join(home, 'Library/Logs/Claude', NAME);
  const given = env['XDG_STATE_HOME'] ?? '';
  const state = path.posix.isAbsolute(given)
    ? given
    : home && path.posix.join(home, '.local/state');
  return state && path.posix.join(state, 'vsecure', NAME);
}

/** Never throws: a user without an entry in the system's user list has no home folder. */
function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}

/**
 * Returns a function that appends one line with a timestamp. Only the owner can read the file.
 * A line that cannot be written is dropped without an error: the relay matters more than its log.
 */
export function createLogFile(file: string, maxBytes = LOG_MAX_BYTES): (line: string) => void {
  return (line) => {
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      const before = statSync(file, { throwIfNoEntry: false });
      // A pipe, for example, would block the relay until another program reads it.
      if (before && !before.isFile()) return;
      if (isFull(before, maxBytes)) renameSync(file, `${file}.1`);
      append(file, `${new Date().toISOString()} [${process.pid}] ${line}\n`);
    } catch {
      // There is nothing more to report: stderr already has the line.
    }
  };
}

function isFull(stats: Stats | undefined, maxBytes: number): boolean {
  return stats !== undefined && stats.size >= maxBytes;
}

/** One write with O_APPEND: several relays may share the file. */
function append(file: string, text: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const handle = openSync(file, O_WRONLY | O_APPEND | O_CREAT, 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, text);
  } finally {
    closeSync(handle);
  }
}
