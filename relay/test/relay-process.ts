/** Starts the relay as an AI tool does: a process with three pipes. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtProgram } from '../../test/support/built.js';
import { temporaryFolder } from '../../test/support/folder.js';

const [NODE, BIN] = builtProgram('relay/src/bin.ts');

/** How any client starts the relay. */
export const COMMAND = { command: NODE, args: [BIN] };

export interface RelayProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Writes one line, or any text as it is. */
  write(message: object | string): void;
  /** Resolves with the first line of stdout, past or to come, that is the response to `id`. */
  response(id: unknown): Promise<Response>;
  /** Sends a request and resolves with its response. */
  call(id: number | string, method: string, params?: object): Promise<Response>;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, null after a fatal signal. */
  readonly exited: Promise<number | null>;
}

export interface Response {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { code: number; message: string; data?: { reason?: string } };
}

/** Starts the relay with only `env`, the variables that node needs, and a temporary home folder for its log. */
export function startRelay(
  env: Record<string, string>,
  args: readonly string[] = [],
): RelayProcess {
  const child = spawn(COMMAND.command, [...COMMAND.args, ...args], {
    env: { PATH: process.env['PATH'], HOME: temporaryFolder('home'), ...env },
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  child.stdin.on('error', () => {});
  const write = (message: object | string) =>
    void child.stdin.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
  const response = (id: unknown) =>
    out.until((text) => messagesOf(text).find((message) => !message.method && message.id === id));
  return {
    child,
    write,
    response,
    async call(id, method, params = {}) {
      write({ jsonrpc: '2.0', id, method, params });
      return await response(id);
    },
    stdout: out.text,
    stderr: err.text,
    exited: once(child, 'close').then(([code]) => code),
  };
}

/** Every line of stdout as JSON; throws at the first that is not. */
export function messagesOf(stdout: string): Response[] {
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function collect(stream: NodeJS.ReadableStream) {
  let text = '';
  const checks = new Set<() => void>();
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (const check of checks) check();
  });
  return {
    text: () => text,
    until: <T>(find: (text: string) => T | undefined) =>
      new Promise<T>((resolve, reject) => {
        const check = () => {
          try {
            const found = find(text);
            if (found === undefined) return;
            resolve(found);
          } catch (error) {
            reject(error);
          }
          checks.delete(check);
        };
        checks.add(check);
        check();
      }),
  };
}
