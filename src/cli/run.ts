/** Runs one command of a client, from its arguments to its exit code. */

import { reportError } from './command-errors.js';
import type { Io } from './io.js';
import { type About, createProgram } from './program.js';

/** `argv` without node and script. Never rejects. */
export async function runClient(argv: readonly string[], about: About, io: Io): Promise<number> {
  try {
    await createProgram(io, about).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    return reportError(error, io);
  }
}
