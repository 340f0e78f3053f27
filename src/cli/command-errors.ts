/** How a command ends when it does not end well, and what it says then. */

import { CommanderError } from 'commander';
import { VSecureError } from '../sdk/index.js';

/** It was not done, and that is nobody's error: exit 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** The command was not used as it is meant to be: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Says what went wrong and what to do next. Answers with the exit code: 1 refused or failed, 2 wrong usage. */
export function reportError(
  error: unknown,
  { err }: { readonly err: (text: string) => void },
): number {
  // Commander has already said what it has to say; help that was asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  err(`vsecure: ${error instanceof Error ? error.message : 'something went wrong'}`);
  if (error instanceof VSecureError && error.next) err(`  ${error.next}`);
  return error instanceof UsageError ? 2 : 1;
}
