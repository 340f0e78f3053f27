/** Runs commands in this process against a real server, with a fake terminal. */

import { type Confirm, createConfirm } from '../../src/cli/confirm.js';
import type { Io } from '../../src/cli/io.js';
import type { About } from '../../src/cli/program.js';
import { runCommand } from '../../src/cli/run.js';
import { table } from '../../src/cli/table.js';
import { escapeCsv, escapeJson, escapeLines } from '../../src/cli/terminal-text.js';
import { SERVER_COMMANDS } from '../../src/main/server-commands.js';
import { VSecureClient } from '../../src/sdk/index.js';

/** The whole program, whose server commands do nothing. */
export const ABOUT: About = {
  version: '1.2.3',
  server: SERVER_COMMANDS,
  runServer: async () => {},
};

export interface TerminalOptions {
  readonly url: string;
  readonly token: string;
  /** What the person types when asked. Absent: the command runs without a terminal. */
  readonly answer?: () => string | Promise<string>;
  /** Replaces how the command asks for a yes. */
  readonly confirm?: Confirm;
  /** Content of stdin. */
  readonly stdin?: string | Uint8Array;
}

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly asked: readonly string[];
}

/** Runs one command line that is already split into arguments. */
export async function run(options: TerminalOptions, ...argv: string[]): Promise<Ran> {
  const { url, token, answer, confirm, stdin = '' } = options;
  const [out, err, asked]: string[][] = [[], [], []];
  const ask = async (text: string) => {
    asked?.push(text);
    return answer?.() ?? '';
  };
  const io: Io = {
    out: (text) => out?.push(escapeLines(text)),
    err: (text) => err?.push(escapeLines(text)),
    table: (rows, columns) => out?.push(table(rows, columns)),
    json: (value) => out?.push(escapeJson(value)),
    jsonLine: (value) => out?.push(escapeJson(value, 0)),
    csv: (lines) => out?.push(escapeCsv(lines)),
    value: (bytes) => out?.push(Buffer.from(bytes).toString()),
    shown: answer !== undefined,
    interactive: answer !== undefined,
    confirm: confirm ?? createConfirm(answer !== undefined, ask),
    askHidden: ask,
    progress: () => ({ at: () => {}, end: () => {} }),
    input: async () => Buffer.from(stdin),
    useProfile: () => {},
    profile: () => ({ name: 'default', file: 'nowhere', url, save: () => {} }),
    client: () => new VSecureClient({ url, apiKey: token }),
  };
  const exit = await runCommand(argv, ABOUT, io);
  return { exit, out: out?.join('\n') ?? '', err: err?.join('\n') ?? '', asked: asked ?? [] };
}
