/** Asking at a terminal: the answer comes, or it is said that none came; what is hidden stays hidden. */

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { CommandFailed } from '../../src/cli/command-errors.js';
import { question } from '../../src/cli/prompt.js';

function terminal() {
  const input = new PassThrough();
  const output = new PassThrough();
  const shown: string[] = [];
  output.on('data', (chunk) => shown.push(String(chunk)));
  return { input, output, shown: () => shown.join('') };
}

test('one line is the answer', async () => {
  const { input, output, shown } = terminal();
  const answer = question(input, output, 'Sure? ');
  input.write('yes\n');
  expect(await answer).toBe('yes');
  expect(shown()).toContain('Sure? ');
});

test('a hidden answer never shows, corrections included', async () => {
  const { input, output, shown } = terminal();
  const answer = question(input, output, 'Value: ', { hidden: true });
  input.write('hunterr\u007f2\n');
  expect(await answer).toBe('hunter2');
  expect(shown()).toBe('Value: \n');
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s means: nothing is done', async (_name, key) => {
  const { input, output } = terminal();
  const answer = question(input, output, 'Sure? ');
  input.write(key);
  await expect(answer).rejects.toBeInstanceOf(CommandFailed);
});
