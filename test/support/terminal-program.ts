/** A program on a terminal, as a person starts it: its stdout is a terminal, its stderr goes to a file. */

import { existsSync, readFileSync } from 'node:fs';
import { type Ended, OPEN, startCommand } from './vsecure.js';

const CTRL_C = '\u0003';

export interface TerminalProgram {
  /** What the terminal shows. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
  /** Types this, line breaks and all. */
  type(text: string): void;
  /** Sends Ctrl-C and resolves when the program has ended. */
  ctrlC(): Promise<Ended>;
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string>>;
  /** The file that stderr goes to. Default: the terminal. */
  readonly stderr?: string;
  /** How wide the terminal is. Default: 80. */
  readonly columns?: number;
}

/** `script` of util-linux makes the terminal: it passes its input on as key strokes and ends as the program does. */
export function startOnTerminal(
  command: readonly string[],
  { env, stderr, columns = 80 }: TerminalOptions,
): TerminalProgram {
  const line = `stty cols ${columns}; exec ${command.map(quoted).join(' ')}${stderr === undefined ? '' : ` 2>>${quoted(stderr)}`}`;
  const program = startCommand(['script', '--quiet', '--return', '--command', line, '/dev/null'], {
    env: { SHELL: '/bin/sh', TERM: 'xterm', ...env },
    stdin: OPEN,
  });
  return {
    stdout: program.stdout,
    stderr: () => (stderr !== undefined && existsSync(stderr) ? readFileSync(stderr, 'utf8') : ''),
    ended: program.ended,
    type: program.type,
    ctrlC() {
      program.type(CTRL_C);
      return program.ended;
    },
  };
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
