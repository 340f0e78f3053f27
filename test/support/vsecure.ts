/** The program itself, as a person or a supervisor starts it: one process, with an environment of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';
import { builtProgram } from './built.js';
import { temporaryFolder } from './folder.js';

/** Milliseconds that a process may take to start: seconds as a rule, far more on a machine that is busy. */
export const START_MAX = 60_000;

// Whatever starts processes must not be cut off before them.
vi.setConfig({ testTimeout: 2 * START_MAX, hookTimeout: 2 * START_MAX });

/** How a command ended. */
export interface Ended {
  /** The exit code, or the name of the signal that ended it. */
  readonly exit: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process and what it has said so far. */
export interface Program {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  running(): boolean;
  /** Writes to its stdin, if that was left open. */
  type(text: string): void;
  /** Ends its stdin and resolves when the process has ended. */
  close(): Promise<Ended>;
  /** Sends a signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  readonly ended: Promise<Ended>;
}

export interface ProgramOptions {
  /** Added to an environment that has nothing of vsecure's. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads, or `open` for something to be typed later. Default: nothing. */
  readonly stdin?: string | typeof OPEN;
  /** The folder that it runs in. Default: the checkout. */
  readonly cwd?: string;
}

/** Leaves stdin open. */
export const OPEN = Symbol('open');

/** The words of a command line that runs `vsecure`. */
export const vsecureCommand = (...argv: string[]): [string, ...string[]] => [
  ...builtProgram('src/bin.ts'),
  ...argv,
];

/** Starts `vsecure …` and lets it run. It is killed when this process is. */
export const startProgram = (argv: readonly string[], options: ProgramOptions = {}) =>
  startCommand(vsecureCommand(...argv), options);

/** Runs `vsecure …` to its end. */
export function vsecure(argv: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return startProgram(argv, options).ended;
}

/** Starts any command in the same surroundings. */
export function startCommand(
  [file, ...argv]: readonly [string, ...string[]],
  { env = {}, stdin = '', cwd }: ProgramOptions,
): Program {
  const child = spawn(file, argv, { env: surroundings(env), stdio: 'pipe', cwd });
  const release = killWithUs(child);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  child.stdin.on('error', () => {});
  if (stdin !== OPEN) child.stdin.end(stdin);
  const ended = once(child, 'close').then(([code, signal]) => {
    release();
    return { exit: code ?? signal, ...said };
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    running: () => child.exitCode === null && child.signalCode === null,
    type: (text) => void child.stdin.write(text),
    ended,
    close() {
      child.stdin.end();
      return ended;
    },
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** A home of its own, so that nothing of the user's is read or written. */
function surroundings(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: temporaryFolder('home'), ...env };
}

/** A shell that reads the end of our pipe when we are killed, and then kills the child. */
function killWithUs({ pid }: ChildProcess): () => void {
  const script = 'read -r _ || kill -KILL "$1" 2>/dev/null';
  const watch = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return () => watch.stdin.on('error', () => {}).end('\n');
}
