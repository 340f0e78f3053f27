/** The commands that run on the server's machine: how each is called, and its code, which is imported only when the command runs. */

import { type Command, InvalidArgumentError } from 'commander';
import type { RunServerCommand, ServerCommand } from '../cli/program.js';

/** Starts nothing itself: `run` calls the code of the chosen command and ends the process with its exit code. */
export const SERVER_COMMANDS: readonly ServerCommand[] = [
  simple('serve', 'run the server', () => import('./serve.js')),
  simple('demo', 'try vsecure with fake secrets', () => import('./demo.js')),
  {
    name: 'migrate',
    description: 'upgrade the database schema to this version',
    register: registerMigrate,
  },
  {
    name: 'backup',
    description: 'back up the embedded database',
    register: registerBackup,
  },
  simple(
    'admin:bootstrap',
    'create or recover the first admin key',
    () => import('./admin-bootstrap.js'),
  ),
  {
    name: 'audit:detach',
    description: 'detach old parts of the audit trail from the table; deletes nothing',
    register: registerAuditDetach,
  },
  {
    name: 'audit:confirm',
    description: 'confirm parts of the audit trail that an earlier version detached',
    register: registerAuditConfirm,
  },
  {
    name: 'doctor',
    description: 'check everything that is configured and show how to fix it',
    register: registerDoctor,
  },
  {
    name: 'slack:check',
    description: 'check the Slack setup and show how to fix it',
    register: registerSlackCheck,
  },
  {
    name: 'mcp',
    description: 'serve MCP to an AI tool over stdio',
    register: registerMcp,
  },
];

/** A command without arguments and options. */
function simple(
  name: string,
  description: string,
  load: () => Promise<{ run(): Promise<number> }>,
): ServerCommand {
  const register = (command: Command, run: RunServerCommand) =>
    command.action(() => run(async () => (await load()).run()));
  return { name, description, register };
}

function registerMigrate(command: Command, run: RunServerCommand): void {
  command
    .option('--dry-run', 'only show which migrations would run')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('./migrate.js')).run(options)));
}

const BACKUP_HELP = `
Copies the embedded database into <dir>. vsecure may keep running.
The backup does not contain the master key. Keep the key in another place: without it, the backup is useless.`;

function registerBackup(command: Command, run: RunServerCommand): void {
  command
    .argument('<dir>', 'folder for the copy; it must not exist yet')
    .option('--json', 'print JSON')
    .addHelpText('after', BACKUP_HELP)
    .action((dir, options) => run(async () => (await import('./backup.js')).run(dir, options)));
}

const DETACH_HELP = `
Nothing is deleted: each detached part stays in the database as a table of its own, and an audit event records where the trail now
starts. The command needs the database and the master key.`;

function registerAuditDetach(command: Command, run: RunServerCommand): void {
  command
    .requiredOption('--before <date>', 'detach what ended before this day, YYYY-MM-DD, UTC', day)
    .requiredOption('--yes', 'required: the command does not ask for confirmation')
    .option('--json', 'print JSON')
    .addHelpText('after', DETACH_HELP)
    .action((options) => run(async () => (await import('./audit-detach.js')).run(options)));
}

const CONFIRM_HELP = `
Shows the detached parts without a proof, which mcp:audit:verify refuses. Exit status: 0 none is left, 1 some are and nothing was confirmed.
The command needs the database and the master key.`;

function registerAuditConfirm(command: Command, run: RunServerCommand): void {
  command
    .option('--yes', 'confirm all of them')
    .option('--json', 'print JSON')
    .addHelpText('after', CONFIRM_HELP)
    .action((options) => run(async () => (await import('./audit-confirm.js')).run(options)));
}

function day(text: string): Date {
  const date = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('Not a date; use YYYY-MM-DD.');
}

const DOCTOR_HELP = `
Run it with the server's environment, on the server's machine. It checks Node, the settings, the database, the master key, the schema,
receivers, the disk and Slack, and connects to the running server as AI tools do, with the key in VSECURE_API_KEY. It changes nothing.
Exit status: 0 no check failed (there may be warnings), 1 a check failed.`;

function registerDoctor(command: Command, run: RunServerCommand): void {
  command
    .option('--json', 'print one JSON document')
    .addHelpText('after', DOCTOR_HELP)
    .action((options) => run(async () => (await import('./doctor.js')).run(options)));
}

const SLACK_HELP = `
Run it with the server's environment. It checks the tokens, their scopes, the channels, the public address and the clock,
and prints a fix for each problem. Exit status: 0 all checks passed, 1 a check failed, 2 wrong usage or settings.`;

function registerSlackCheck(command: Command, run: RunServerCommand): void {
  command
    .option('--post', 'also post a test message to each channel')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SLACK_HELP)
    .action((options) => run(async () => (await import('./slack-check.js')).run(options)));
}

const MCP_HELP = `
The AI tool starts this command. Environment:
  VSECURE_URL              address of the server (default: http://127.0.0.1:3000)
  and one of
  VSECURE_API_KEY          the key of the AI tool, vsk_a_… (vsecure keys:create --class agent)
  VSECURE_API_KEY_FILE     a file that contains the key and that only its owner can read
  VSECURE_API_KEY_COMMAND  a command that prints the key, such as the command of a keychain`;

function registerMcp(command: Command, run: RunServerCommand): void {
  command
    .option('--check', 'test the connection, and show how to fix what does not work')
    .addHelpText('after', MCP_HELP)
    .action((options) => run(async () => (await import('./mcp.js')).run(options)));
}
