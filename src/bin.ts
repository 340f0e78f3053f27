#!/usr/bin/env node
/** `vsecure`: picks the command to run. Server code is imported only for server commands, so that client commands start fast. */

import { createIo } from './cli/io.js';
import { runClient } from './cli/run.js';
import { VERSION } from './main/version.js';

interface ServerCommand {
  readonly description: string;
  readonly load: () => Promise<{ run(argv: string[]): Promise<number> }>;
}

const SERVER: Readonly<Record<string, ServerCommand>> = {
  serve: { description: 'run the server', load: () => import('./main/serve.js') },
  demo: { description: 'try vsecure with fake secrets', load: () => import('./main/demo.js') },
  migrate: {
    description: 'upgrade the database schema to this version',
    load: () => import('./main/migrate.js'),
  },
  backup: { description: 'back up the embedded database', load: () => import('./main/backup.js') },
  'admin:bootstrap': {
    description: 'create or recover the first admin key',
    load: () => import('./main/admin-bootstrap.js'),
  },
  'audit:detach': {
    description: 'detach old parts of the audit trail from the table; deletes nothing',
    load: () => import('./main/audit-detach.js'),
  },
  'slack:check': {
    description: 'check the Slack setup and show how to fix it',
    load: () => import('./main/slack-check.js'),
  },
  mcp: { description: 'serve MCP to an AI tool over stdio', load: () => import('./main/mcp.js') },
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

/** Exits as soon as the command finishes. The operating system closes any handle that the command left open. */
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
