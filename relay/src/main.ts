/** The command `mcp-server-vsecure`: takes arguments and environment, returns the exit code. */
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { check } from './check.js';
import { type RelayConfig, readConfig } from './config.js';
import { bad, lineOf } from './finding.js';
import type { Environment } from './key-source.js';
import { createLogFile, logFilePath } from './log-file.js';
import { createRedact } from './output.js';
import { runRelay, serverAt } from './relay.js';

/** The process that the command runs in. */
export interface Surroundings {
  readonly env: Environment;
  /** The arguments without node and the script. */
  readonly argv: readonly string[];
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Fires on SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
}

const HELP = `Usage: mcp-server-vsecure [--check | --help | --version]

The stdio form of vsecure's MCP server. An AI tool starts it and speaks MCP with it on stdin
and stdout. It forwards every message to vsecure.

  --check  test the connection, say how to fix what does not work, and show the log file

Environment:
  VSECURE_URL              the address of vsecure (default http://127.0.0.1:3000)
  and one of
  VSECURE_API_KEY          the key of the AI tool, vsk_a_… (vsecure keys:create --class agent)
  VSECURE_API_KEY_FILE     a file that contains the key and that only its owner can read
  VSECURE_API_KEY_COMMAND  a command that prints the key, such as the command of a keychain

Exit status: 0 done, 1 --check found a problem, 2 wrong arguments or configuration.
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
  const logToFile = file === undefined ? () => {} : createLogFile(file);
  const log = (line: string) => {
    stderr.write(`mcp-server-vsecure: ${line}\n`);
    logToFile(line);
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
  // A reader that closes stdout early, such as head, is no failure.
  stdout.on('error', () => {});
  const printLine = (line: string) => void stdout.write(`${line}\n`);
  const result = await readConfig(env, signal);
  const exit = result.ok ? await checkWith(result.config, printLine, signal) : 2;
  if (!result.ok)
    for (const problem of result.problems) printLine(lineOf('configuration', bad(problem)));
  printLine(`log file: ${logFilePath(env) ?? 'none, because the user has no home folder'}`);
  return exit;
}

/** Characters. A line holds text of the server, which is untrusted. */
const LINE_MAX = 500;

async function checkWith(
  { url, apiKey, warnings }: RelayConfig,
  printLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const redact = createRedact(apiKey);
  for (const warning of warnings) printLine(`! warning: ${warning}`);
  let works = true;
  for await (const { item, ...finding } of check(serverAt({ url, apiKey }), { signal })) {
    if (finding.kind === 'bad') works = false;
    printLine(redact(lineOf(item, finding)).slice(0, LINE_MAX));
  }
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
