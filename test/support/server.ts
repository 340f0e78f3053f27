/** The real `vsecure serve` as a process, which a test may stop, kill and start again. */

import { randomBytes } from 'node:crypto';
import { until } from './until.js';
import { type Ended, type Program, START_MAX, startCommand, vsecureCommand } from './vsecure.js';

export interface ServerOptions {
  /** Without one the server runs its embedded database. */
  readonly database?: { readonly url: string };
  /** 32 bytes in base64. Default: random ones, where there is a database to be given. */
  readonly masterKey?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The words that run `vsecure`. Default: from its sources. */
  readonly vsecure?: readonly [string, ...string[]];
}

export interface LogLine {
  readonly msg: string;
  readonly level: number;
  readonly [field: string]: unknown;
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  /** The environment that it runs with, for a command beside it. */
  readonly env: Readonly<Record<string, string>>;
  program(): Program;
  /** The log so far, line by line. */
  log(): LogLine[];
  /** Asks it to stop. Resolves when it has. */
  stop(): Promise<Ended>;
  kill9(): Promise<Ended>;
  /** Starts it again on the same address, after a stop or a kill. */
  restart(): Promise<void>;
}

/** Resolves when the server is ready. Throws its words when it ends instead. */
export async function startVsecure(options: ServerOptions = {}): Promise<RunningServer> {
  const env = environment(options);
  const command: [string, ...string[]] = [...(options.vsecure ?? vsecureCommand()), 'serve'];
  let program = startCommand(command, { env });
  const url = await listening(program);
  return {
    url,
    env,
    program: () => program,
    log: () => logOf(program),
    stop: () => program.end('SIGTERM'),
    kill9: () => program.end('SIGKILL'),
    async restart() {
      program = startCommand(command, { env: { ...env, PORT: new URL(url).port } });
      await listening(program);
    },
    async [Symbol.asyncDispose]() {
      await program.end('SIGKILL');
    },
  };
}

function environment({ database, masterKey, env }: ServerOptions): Record<string, string> {
  const key = masterKey ?? randomBytes(32).toString('base64');
  return {
    PORT: '0',
    ...(database && { DATABASE_URL: database.url, VSECURE_MASTER_KEY: key }),
    ...env,
  };
}

/** The log of a server as far as its lines are whole. What is not JSON, such as a warning of node's, has a level of 0. */
function logOf(program: Pick<Program, 'stderr'>): LogLine[] {
  return program
    .stderr()
    .split('\n')
    .slice(0, -1)
    .map((line) => (line.startsWith('{') ? JSON.parse(line) : { msg: line, level: 0 }));
}

async function listening(program: Program): Promise<string> {
  const up = () => logOf(program).find(({ msg }) => msg === 'vsecure is up');
  const look = () => {
    if (!program.running()) throw new Error(`the server ended: ${program.stderr()}`);
    return up();
  };
  const line = await until('the server to be up', look, START_MAX);
  const url = String(line['url']);
  await until('the server to be ready', async () => (await fetch(`${url}/readyz`)).ok);
  return url;
}
