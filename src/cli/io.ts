/** What a command sees of the outside: two streams to write to, one to read from, somebody to ask, and a server. */

import { profilesFile, readEnvironment } from '../sdk/env.js';
import { type Credentials, createCredentials } from './credentials.js';
import { createProgress, type Progress } from './progress.js';
import { question } from './prompt.js';
import { type Column, table } from './table.js';
import { escapeJson, escapeLines } from './terminal-text.js';

export interface Io extends Credentials {
  /** Results, to stdout, with a line break. */
  readonly out: (text: string) => void;
  /** Everything else, to stderr, with a line break. */
  readonly err: (text: string) => void;
  /** Results as a table, to stdout. */
  readonly table: <T>(rows: readonly T[], columns: readonly Column<T>[]) => void;
  /** A result for programs, to stdout. */
  readonly json: (value: unknown) => void;
  /** Is there somebody at a terminal who can be asked? */
  readonly interactive: boolean;
  readonly ask: (text: string) => Promise<string>;
  /** Asks without showing what is typed. */
  readonly askHidden: (text: string) => Promise<string>;
  /** For what takes long; silent where nobody watches. */
  readonly progress: (text: string) => Progress;
  /** All of stdin. */
  readonly input: () => Promise<Uint8Array>;
}

/** Whatever is written passes through here, so that no command can forget to make it harmless. */
export function createIo({ stdin, stdout, stderr, exit }: NodeJS.Process): Io {
  // `vsecure mcp:audit | head` closes the pipe early, and that is no failure.
  stdout.on('error', ({ code }: NodeJS.ErrnoException) => exit(code === 'EPIPE' ? 0 : 1));
  return {
    out: (text) => stdout.write(`${escapeLines(text)}\n`),
    err: (text) => stderr.write(`${escapeLines(text)}\n`),
    // A terminal says what it can; NO_COLOR and TERM=dumb count there.
    table: (rows, columns) =>
      stdout.write(`${table(rows, columns, { colours: stdout.isTTY && stdout.hasColors() })}\n`),
    json: (value) => stdout.write(`${escapeJson(value)}\n`),
    interactive: Boolean(stdin.isTTY),
    ask: (text) => question(stdin, stderr, escapeLines(text)),
    askHidden: (text) => question(stdin, stderr, escapeLines(text), { hidden: true }),
    progress: (text) => createProgress(stderr, text),
    async input() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdin) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    ...createCredentials(profilesFile(), readEnvironment()),
  };
}
