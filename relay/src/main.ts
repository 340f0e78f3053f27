/** The command `mcp-server-vsecure`: arguments and environment in, exit code out. */
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { check } from './check.js';
import { type RelayConfig, readConfig } from './config.js';
import { bad, lineOf } from './finding.js';
import type { Environment } from './key-source.js';
import { createLogFile, logFilePath } from './log-file.js';
import { createRedact } from './output.js';
import { runRelay, serverAt } from './relay.js';

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

const HELP = `Usage: mcp-server-vsecure [--check | --help | --version]

The stdio form of vsecure's MCP server. An AI tool starts it and speaks MCP with it on stdin
and stdout; it passes every message on to vsecure.

  --check  look whether all works, say how to mend what does not, and where the log file is

Environment:
  VSECURE_URL              where vsecure is (default http://127.0.0.1:3000)
  and one of
  VSECURE_API_KEY          the key of the AI tool, vsk_a_… (vsecure keys:create --class agent)
  VSECURE_API_KEY_FILE     a file that holds it and that only its owner can read
  VSECURE_API_KEY_COMMAND  a command that prints it, such as one of the system's keychain

Exit status: 0 done, 1 --check has found something broken, 2 wrong arguments or configuration.
`;

/** Runs the command. Resolves with the exit code: 0 done, 1 the check failed, 2 wrong arguments or configuration. */
export async function relayMain(around: Surroundings): Promise<number> {
  const [option, ...more] = around.argv;
  if (option === undefined) return relayFrom(around);
  if (more.length === 0 && option === '--check') return checkFrom(around);
  if (more.length === 0 && (option === '--help' || option === '-h'))
    return print(around.stdout, HELP);
  if (more.length === 0 && (option === '--version' || option === '-V'))
    return print(around.stdout, `${version()}\n`);
  around.stderr.write(`unknown arguments\n\n${HELP}`);
  return 2;
}

async function relayFrom({ env, stdin, stdout, stderr, signal }: Surroundings): Promise<number> {
  const file = logFilePath(env);
  const keep = file === undefined ? () => {} : createLogFile(file);
  const log = (line: string) => {
    stderr.write(`mcp-server-vsecure: ${line}\n`);
    keep(line);
  };
  const result = await readConfig(env, signal);
  if (!result.ok) {
    for (const problem of result.problems) log(problem);
    return 2;
  }
  const { url, apiKey, warnings } = result.config;
  for (const warning of warnings) log(`warning: ${warning}`);
  await runRelay({ url, apiKey, stdin, stdout, log, signal });
  return 0;
}

async function checkFrom({ env, stdout, signal }: Surroundings): Promise<number> {
  // Whoever reads only the first line is no failure.
  stdout.on('error', () => {});
  const say = (line: string) => void stdout.write(`${line}\n`);
  const result = await readConfig(env, signal);
  const exit = result.ok ? await checkWith(result.config, say, signal) : 2;
  if (!result.ok) for (const problem of result.problems) say(lineOf('configuration', bad(problem)));
  say(`log file: ${logFilePath(env) ?? 'none, because there is no home folder'}`);
  return exit;
}

/** Letters. The server names itself and its keys, and may be anything. */
const LINE_MAX = 500;

async function checkWith(
  { url, apiKey, warnings }: RelayConfig,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const redact = createRedact(apiKey);
  for (const warning of warnings) say(`! warning: ${warning}`);
  const works = await check(
    serverAt({ url, apiKey }),
    (line) => say(redact(line).slice(0, LINE_MAX)),
    signal,
  );
  return works ? 0 : 1;
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
