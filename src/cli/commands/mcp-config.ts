/** `mcp:config`: what an AI tool must be told to find vsecure, printed, or put into its file. */

import { homedir } from 'node:os';
import { Argument, type Command } from 'commander';
import { readEnvironment } from '../../sdk/env.js';
import { CommandFailed, UsageError } from '../command-errors.js';
import type { Io } from '../io.js';
import { KEY_PLACEHOLDER, type Machine, MCP_CLIENTS, type McpClient } from '../mcp-clients.js';
import { changeFile, type FileChange } from '../settings-file.js';
import { withJsonServer, withTomlServer } from '../settings-text.js';

type ClientName = keyof typeof MCP_CLIENTS;
type FileClient = Exclude<McpClient, { kind: 'command' }>;

export function registerMcpConfig(program: Command, io: Io): void {
  program
    .command('mcp:config')
    .description('print what an AI tool needs to find vsecure, with a placeholder for its key')
    .addArgument(new Argument('<client>', 'the AI tool').choices(Object.keys(MCP_CLIENTS)))
    .option('--write', 'put it into the tool’s own file, beside what is there')
    .action(async (name: ClientName, { write }) => {
      const client: McpClient = MCP_CLIENTS[name];
      const url = baseUrl();
      if (client.kind === 'command') return showCommand(io, client.command(url), write);
      const file = client.file(thisMachine());
      if (!write) {
        io.out(snippetOf(client, url));
        return io.err(`This belongs into ${file}. ${nextSteps(name, client)}`);
      }
      const changed = await changeSettings(file, client, url);
      reportChange(io, file, changed);
      io.err(nextSteps(name, client));
    });
}

function showCommand(io: Io, command: string, write: boolean): void {
  io.out(command);
  if (write) io.err('Nothing was written: this tool takes it from the command above.');
  io.err(`Put the key in place of ${KEY_PLACEHOLDER} and run it. ${howToMakeKey('claude-code')}`);
}

/** The whole snippet, as it would stand in a file with nothing else. */
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
  if (backup) io.err(`What it was is in ${backup}`);
  if (isOpen)
    io.err('Others on this machine can read it: run chmod 600 on it before the key is in.');
}

function nextSteps(name: ClientName, { title, lastStep }: McpClient): string {
  return `Put the key in place of ${KEY_PLACEHOLDER}. ${howToMakeKey(name)} Then, in ${title}: ${lastStep}.`;
}

function howToMakeKey(name: ClientName): string {
  return `Make one with: vsecure keys:create --name ${name} --class agent --owner <your e-mail address>.`;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Only what can stand in a shell's word and in a string of JSON or TOML as it is. Never repeats what it refuses. */
const PLAIN_URL = /^https?:\/\/[\w.:[\]-]+(\/[\w.~/-]*)?$/;

function baseUrl(): string {
  const given = readEnvironment().url ?? DEFAULT_URL;
  const url = given.replace(/\/+$/, '');
  if (URL.canParse(url) && PLAIN_URL.test(url)) return url;
  throw new UsageError(
    'VSECURE_URL must be an address such as https://vsecure.example.com, with nothing after the path.',
  );
}

function thisMachine(): Machine {
  return { platform: process.platform, home: homedir(), env: process.env };
}
