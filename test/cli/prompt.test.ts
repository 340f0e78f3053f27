/** Terminal prompts: answers, hidden answers and interruption. */

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

test('the answer to a prompt is one line', async () => {
  const { input, output, shown } = terminal();
  const answer = question(input, output, 'Sure? ');
  input.write('yes\n');
  expect(await answer).toBe('yes');
  expect(shown()).toContain('Sure? ');
});

test('a hidden answer is never echoed, not even its corrections', async () => {
  const { input, output, shown } = terminal();
  const answer = question(input, output, 'Value: ', { hidden: true });
  input.write('hunterr\u007f2\n');
  expect(await answer).toBe('hunter2');
  expect(shown()).toBe('Value: \n');
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s at a prompt rejects with CommandFailed', async (_name, key) => {
  const { input, output } = terminal();
  const answer = question(input, output, 'Sure? ');
  input.write(key);
  await expect(answer).rejects.toBeInstanceOf(CommandFailed);
});
