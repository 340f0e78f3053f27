/** The command `mcp-server-vsecure`: arguments and environment in, exit code out. */
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { type Environment, readConfig } from './config.js';
import { runRelay } from './relay.js';

/** The surroundings of the command. */
export interface Surroundings {
  readonly env: Environment;
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Fires on SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
}

const HELP = `Usage: mcp-server-vsecure [--help | --version]

The stdio form of vsecure's MCP server. An AI tool starts it and speaks MCP with it on stdin
and stdout; it passes every message on to vsecure.

Environment:
  VSECURE_URL      where vsecure is (default http://127.0.0.1:3000)
  VSECURE_API_KEY  the key of the AI tool, vsk_a_… (vsecure keys:create --class agent)
`;

/** Runs the command. Resolves with the exit code: 0 done, 2 wrong arguments or configuration. */
export async function relayMain(around: Surroundings): Promise<number> {
  const [option, ...more] = around.argv;
  if (option === undefined) return relayFrom(around);
  if (more.length === 0 && (option === '--help' || option === '-h'))
    return print(around.stdout, HELP);
  if (more.length === 0 && (option === '--version' || option === '-V'))
    return print(around.stdout, `${version()}\n`);
  around.stderr.write(`unknown arguments\n\n${HELP}`);
  return 2;
}

async function relayFrom({ env, stdin, stdout, stderr, signal }: Surroundings): Promise<number> {
  const log = (line: string) => void stderr.write(`mcp-server-vsecure: ${line}\n`);
  const result = readConfig(env);
  if (!result.ok) {
    for (const problem of result.problems) log(problem);
    return 2;
  }
  const { url, apiKey, warnings } = result.config;
  for (const warning of warnings) log(`warning: ${warning}`);
  await runRelay({ url, apiKey, stdin, stdout, log, signal });
  return 0;
}

function print(stdout: Writable, text: string): number {
  stdout.write(text);
  return 0;
}

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}
