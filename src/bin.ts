#!/usr/bin/env node
/** `vsecure`: parses the command line and runs the command. Server code is imported only for server commands, so that client commands start fast. */

import { createIo } from './cli/io.js';
import { runCommand } from './cli/run.js';
import { SERVER_COMMANDS } from './main/server-commands.js';
import { VERSION } from './main/version.js';

const about = { version: VERSION, server: SERVER_COMMANDS, runServer };
process.exitCode = await runCommand(process.argv.slice(2), about, createIo(process));

/** Exits as soon as the command finishes. The operating system closes any handle that the command left open. */
async function runServer(run: () => Promise<number>): Promise<never> {
  try {
    process.exit(await run());
  } catch (error) {
    const { reportFailure } = await import('./main/failure.js');
    process.exit(reportFailure(error));
  }
}
