/** Everything a command uses to talk to the outside: output, input, prompts and the API client. */

import { profilesFile, readEnvironment } from '../sdk/env.js';
import { type Confirm, createConfirm } from './confirm.js';
import { type Credentials, createCredentials } from './credentials.js';
import { createProgress, type Progress } from './progress.js';
import { question } from './prompt.js';
import { type Column, table } from './table.js';
import { escapeCsv, escapeJson, escapeLines } from './terminal-text.js';

export interface Io extends Credentials {
  /** Writes a result line to stdout. */
  readonly out: (text: string) => void;
  /** Writes any other line (hints, warnings) to stderr. */
  readonly err: (text: string) => void;
  /** Writes a table of results to stdout. */
  readonly table: <T>(rows: readonly T[], columns: readonly Column<T>[]) => void;
  /** Writes a result as JSON to stdout. */
  readonly json: (value: unknown) => void;
  /** The same on one line, so that a program can read the results one by one. */
  readonly jsonLine: (value: unknown) => void;
  /** Writes lines of CSV (RFC 4180), which end with CR LF, to stdout. */
  readonly csv: (lines: string) => void;
  /** Writes a secret value to stdout: exactly its bytes; on a terminal one escaped text with a line break. */
  readonly value: (bytes: Uint8Array) => void;
  /** True when stdout is a terminal, where a person reads the results. */
  readonly shown: boolean;
  /** True when stdin is a terminal, so that the command can ask for a value. */
  readonly interactive: boolean;
  /** Asks for a yes. There is no other question, so that no command can take silence for consent. */
  readonly confirm: Confirm;
  /** Asks without echoing the answer. */
  readonly askHidden: (text: string) => Promise<string>;
  /** Shows progress of a slow operation. Prints nothing unless stderr is a terminal. */
  readonly progress: (text: string) => Progress;
  /** Reads all of stdin. */
  readonly input: () => Promise<Uint8Array>;
}

/** All output passes through here, so that no command can forget to escape control characters. */
export function createIo({ stdin, stdout, stderr, exit }: NodeJS.Process): Io {
  let listening = false;
  const write = (text: string | Uint8Array, end = '\n') => {
    // `vsecure mcp:audit | head` closes the pipe early. That is not a failure. A server command, which writes nothing here, decides for itself.
    if (!listening)
      stdout.on('error', ({ code }: NodeJS.ErrnoException) => exit(code === 'EPIPE' ? 0 : 1));
    listening = true;
    stdout.write(typeof text === 'string' ? `${text}${end}` : text);
  };
  return {
    out: (text) => write(escapeLines(text)),
    err: (text) => stderr.write(`${escapeLines(text)}\n`),
    // hasColors() respects NO_COLOR and TERM=dumb.
    table: (rows, columns) =>
      write(table(rows, columns, { colours: stdout.isTTY && stdout.hasColors() })),
    json: (value) => write(escapeJson(value)),
    jsonLine: (value) => write(escapeJson(value, 0)),
    csv: (lines) => write(escapeCsv(lines), ''),
    value: (bytes) => write(stdout.isTTY ? escapeLines(Buffer.from(bytes).toString()) : bytes),
    shown: Boolean(stdout.isTTY),
    interactive: Boolean(stdin.isTTY),
    confirm: createConfirm(Boolean(stdin.isTTY), (text) =>
      question(stdin, stderr, escapeLines(text)),
    ),
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
