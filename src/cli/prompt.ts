/** Asks a question on a terminal. */

import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailed } from './command-errors.js';

/** Resolves with one line. Rejects with CommandFailed when the input ends or the user interrupts. */
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
    // readline redraws the prompt when the user edits the line.
    prompt: text,
  });
  // Print the prompt only now: from here on the terminal no longer echoes input itself.
  output.write(text);
  lines.once('SIGINT', () => lines.close());
  try {
    const answer = once(lines, 'line');
    const ended = once(lines, 'close').then(() => {
      throw new CommandFailed('No input, so nothing was changed.');
    });
    const [line] = await Promise.race([answer, ended]);
    return String(line);
  } finally {
    lines.close();
    if (hidden) output.write('\n');
  }
}
