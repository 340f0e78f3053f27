/** Runs one command and returns its exit code. */

import { reportError } from './command-errors.js';
import type { Io } from './io.js';
import { type About, createProgram } from './program.js';

/** `argv` excludes the node binary and the script. Never rejects. */
export async function runCommand(argv: readonly string[], about: About, io: Io): Promise<number> {
  try {
    await createProgram(io, about).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    return reportError(error, io);
  }
}
