/** `/vsecure help`: the sub-commands, with examples. It shows no one's data, so people whose account is not linked get it too. */

import { asciiLower } from '../../domain/ascii.js';
import { nearest } from '../../domain/did-you-mean.js';
import { ok } from '../../domain/result.js';
import type { Answer } from './answer.js';
import { problem } from './arguments.js';
import type { Command } from './command.js';

export function createHelp(commands: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    usage: '[command]',
    summary: 'show this list, or details of one command',
    examples: ['help', 'help audit'],
    words: 1,
    flags: {},
    async answer({ words: [word] }) {
      const all = [...commands, help];
      if (word === undefined) return ok(overview(all));
      const name = asciiLower(word);
      const found = all.find((one) => one.name === name);
      if (found) return ok(manual(found));
      const near = nearest(
        name,
        all.map((one) => one.name),
      );
      return problem(`/vsecure ${word} is not a command.${near ? ` Did you mean ${near}?` : ''}`);
    },
  };
  return help;
}

/** One line a command. */
export const shortHelp = (commands: readonly Command[]): string =>
  commands.map(({ name, summary }) => `/vsecure ${name}: ${summary}`).join('\n');

const overview = (commands: readonly Command[]): Answer => ({
  title:
    'vsecure asks people for approval before AI tools get secrets. Decide on the cards or in the Home tab of this app.',
  lines: [...shortHelp(commands).split('\n'), '', 'Details with examples: /vsecure help audit'],
});

const manual = ({ name, usage, summary, examples }: Command): Answer => ({
  title: `/vsecure ${name} ${usage}`.trim(),
  lines: [
    `${summary}.`,
    ...examples.map((example) => `For example: /vsecure ${example}`),
    'Only you see the answer. It contains only what you may see.',
  ],
});
