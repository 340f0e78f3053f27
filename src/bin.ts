#!/usr/bin/env node
/** `vsecure`: picks a command. A server's part is loaded only when it is chosen, so that a client stays small and quick. */

import { createIo } from './cli/io.js';
import { runClient } from './cli/run.js';
import { VERSION } from './main/version.js';

interface ServerCommand {
  readonly description: string;
  readonly load: () => Promise<{ run(argv: string[]): Promise<number> }>;
}

const SERVER: Readonly<Record<string, ServerCommand>> = {
  serve: { description: 'run the server', load: () => import('./main/serve.js') },
  demo: { description: 'see it work, with fake secrets', load: () => import('./main/demo.js') },
  migrate: {
    description: 'bring the database to this version’s schema',
    load: () => import('./main/migrate.js'),
  },
  backup: { description: 'copy the embedded database', load: () => import('./main/backup.js') },
  'admin:bootstrap': {
    description: 'make the first admin key, or recover one',
    load: () => import('./main/admin-bootstrap.js'),
  },
  'audit:detach': {
    description: 'take old parts of the audit trail out of the table; deletes nothing',
    load: () => import('./main/audit-detach.js'),
  },
  'slack:check': {
    description: 'say what is wrong with the Slack set-up, and how to fix it',
    load: () => import('./main/slack-check.js'),
  },
  mcp: { description: 'serve MCP on stdio to an AI tool', load: () => import('./main/mcp.js') },
};

const [name = '', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(SERVER, name) ? SERVER[name] : undefined;

process.exitCode = command
  ? await runServer(command, rest)
  : await runClient(
      process.argv.slice(2),
      { version: VERSION, server: descriptions() },
      createIo(process),
    );

/** Leaves at once when the command is done: whatever it held open has been closed, or will be by the system. */
async function runServer({ load }: ServerCommand, argv: string[]): Promise<never> {
  try {
    process.exit(await (await load()).run(argv));
  } catch (error) {
    const { reportFailure } = await import('./main/failure.js');
    process.exit(reportFailure(error));
  }
}

function descriptions() {
  const all = Object.entries(SERVER).map(([key, { description }]) => [key, description]);
  return Object.fromEntries(all);
}
