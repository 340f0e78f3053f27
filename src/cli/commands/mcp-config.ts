/** `mcp:config`: prints the configuration that connects an AI tool to vsecure, or writes it to the tool's file. */

import { homedir } from 'node:os';
import { Argument, type Command, Option } from 'commander';
import { readEnvironment } from '../../sdk/env.js';
import { CommandFailed, UsageError } from '../command-errors.js';
import type { Io } from '../io.js';
import {
  KEY_PLACEHOLDER,
  type Machine,
  MCP_CLIENTS,
  type McpClient,
  OTHER_CLIENTS,
} from '../mcp-clients.js';
import { changeFile, type FileChange } from '../settings-file.js';
import { withJsonServer, withTomlServer } from '../settings-text.js';

type ClientName = keyof typeof MCP_CLIENTS;
type FileClient = Exclude<McpClient, { kind: 'command' }>;

export function registerMcpConfig(program: Command, io: Io): void {
  program
    .command('mcp:config')
    .description(
      'print the configuration that connects an AI tool to vsecure, with a placeholder for the key',
    )
    .addArgument(new Argument('[client]', 'the AI tool').choices(Object.keys(MCP_CLIENTS)))
    .option('--write', 'add it to the tool’s own configuration file')
    .addOption(
      new Option(
        '--print <transport>',
        'for any other AI tool: print what it needs to start a program (stdio) or to connect (http)',
      ).choices(Object.keys(OTHER_CLIENTS)),
    )
    .action(async (name: ClientName | undefined, { write, print }: Options) => {
      if (name === undefined) return printForOther(io, print, write);
      if (print) throw new UsageError('--print is for AI tools that have no name here.');
      const client: McpClient = MCP_CLIENTS[name];
      const url = baseUrl();
      if (client.kind === 'command') return showCommand(io, client.command(url), write);
      const file = client.file(thisMachine());
      const snippet = snippetOf(client, url);
      if (write) reportChange(io, file, await changeSettings(file, client, url));
      else io.out(snippet);
      io.err(`${write ? '' : `Add this to ${file}. `}${nextSteps(name, client)}`);
      explainRelay(io, snippet);
    });
}

interface Options {
  readonly write?: boolean;
  readonly print?: keyof typeof OTHER_CLIENTS;
}

function printForOther(io: Io, print: Options['print'], write = false): void {
  if (!print) throw new UsageError('Name an AI tool, or use --print stdio or --print http.');
  if (write) throw new UsageError('--write needs the name of an AI tool.');
  const snippet = withJsonServer(
    undefined,
    'mcpServers',
    OTHER_CLIENTS[print](baseUrl()),
  ).trimEnd();
  io.out(snippet);
  io.err(`Replace ${KEY_PLACEHOLDER} with the key. ${howToMakeKey('my-ai-tool')}`);
  explainRelay(io, snippet);
}

/** The package may be missing in the registry that npx asks, but this program has the same code. */
function explainRelay(io: Io, snippet: string): void {
  if (!snippet.includes('mcp-server-vsecure')) return;
  const local = { command: process.execPath, args: [process.argv[1], 'mcp'] };
  io.err(
    `npx gets mcp-server-vsecure from the npm registry. Without it, use this program instead, which does the same: ${JSON.stringify(local)}`,
  );
}

function showCommand(io: Io, command: string, write = false): void {
  io.out(command);
  if (write) io.err('Nothing was written: this tool is configured by the command above.');
  io.err(
    `Replace ${KEY_PLACEHOLDER} with the key and run the command. ${howToMakeKey('claude-code')}`,
  );
}

/** The complete snippet, as the only content of a file. */
function snippetOf(client: FileClient, url: string): string {
  const text =
    client.kind === 'toml'
      ? withTomlServer(undefined, client.snippet(url))
      : withJsonServer(undefined, client.section, client.entry(url));
  return text.trimEnd();
}

async function changeSettings(file: string, client: FileClient, url: string): Promise<FileChange> {
  try {
    return await changeFile(file, (text) =>
      client.kind === 'toml'
        ? withTomlServer(text, client.snippet(url))
        : withJsonServer(text, client.section, client.entry(url)),
    );
  } catch (error) {
    throw error instanceof CommandFailed ? new CommandFailed(`${file}: ${error.message}`) : error;
  }
}

function reportChange(io: Io, file: string, { backup, isOpen }: FileChange): void {
  io.out(`Wrote ${file}`);
  if (backup) io.err(`Backup of the previous file: ${backup}`);
  if (isOpen)
    io.err(
      'Other users on this machine can read the file: run chmod 600 on it before you add the key.',
    );
}

function nextSteps(name: ClientName, { title, lastStep }: McpClient): string {
  return `Replace ${KEY_PLACEHOLDER} with the key. ${howToMakeKey(name)} Then, in ${title}: ${lastStep}.`;
}

function howToMakeKey(name: string): string {
  return `To create a key: vsecure keys:create --name ${name} --class agent --owner <your e-mail address>.`;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Characters that need no escaping in a shell word, JSON or TOML. The error never repeats a refused address: it may contain a password. */
const PLAIN_URL = /^https?:\/\/[\w.:[\]-]+(\/[\w.~/-]*)?$/;

function baseUrl(): string {
  const given = readEnvironment().url ?? DEFAULT_URL;
  const url = given.replace(/\/+$/, '');
  if (URL.canParse(url) && PLAIN_URL.test(url)) return url;
  throw new UsageError(
    'VSECURE_URL must be an address such as https://vsecure.example.com, without a user, query or fragment.',
  );
}

function thisMachine(): Machine {
  return { platform: process.platform, home: homedir(), env: process.env };
}
