/** `vsecure`: parses the command line and runs the command. Server code is imported only for server commands, so that client commands start fast. */

import { createIo } from '../cli/io.js';
import { runCommand } from '../cli/run.js';
import { SERVER_COMMANDS } from './server-commands.js';
import { VERSION } from './version.js';

/** Sets the exit code when the command has ended. */
export async function runCommandLine(): Promise<void> {
  const about = { version: VERSION, server: SERVER_COMMANDS, runServer };
  process.exitCode = await runCommand(process.argv.slice(2), about, createIo(process));
}

/** Exits as soon as the command finishes. The operating system closes any handle that the command left open. */
async function runServer(run: () => Promise<number>): Promise<never> {
  try {
    process.exit(await run());
  } catch (error) {
    const { reportFailure } = await import('./failure.js');
    process.exit(reportFailure(error));
  }
}
