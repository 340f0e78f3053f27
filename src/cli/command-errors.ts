/** The errors of a command, and the message and exit code of each. */

import { CommanderError } from 'commander';
import { VSecureError } from '../sdk/index.js';

/** The command was understood but was not carried out: exit code 1, or one that says why. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Prints what went wrong and what to do next. Returns the exit code: 1 when refused or failed, 2 for wrong usage, or the error's own. */
export function reportError(
  error: unknown,
  { err }: { readonly err: (text: string) => void },
): number {
  // Commander has already printed its message. Exit code 0 means that the user asked for help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  err(`vsecure: ${error instanceof Error ? error.message : 'something went wrong'}`);
  if (error instanceof VSecureError && error.next) err(`  ${error.next}`);
  if (error instanceof CommandFailed) return error.exitCode;
  return error instanceof UsageError ? 2 : 1;
}
