/** Asking somebody at a terminal. */

import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailed } from './command-errors.js';

/** Resolves with one line. Rejects with CommandFailed when the input ends or is broken off instead. */
export async function question(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  text: string,
  { hidden = false } = {},
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input,
    output: hidden ? nowhere : output,
    terminal: true,
    historySize: 0,
    // It is drawn again when the line is edited.
    prompt: text,
  });
  // Only now, when the terminal no longer shows what is typed by itself.
  output.write(text);
  lines.once('SIGINT', () => lines.close());
  try {
    const answer = once(lines, 'line');
    const ended = once(lines, 'close').then(() => {
      throw new CommandFailed('Nothing was entered, so nothing was done.');
    });
    const [line] = await Promise.race([answer, ended]);
    return String(line);
  } finally {
    lines.close();
    if (hidden) output.write('\n');
  }
}
