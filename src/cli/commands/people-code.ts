/** `people:code`: a code to be typed in Slack, which links the account that types it. */

import type { Command } from 'commander';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';

export function registerPeopleCode(program: Command, io: Io): void {
  program
    .command('people:code')
    .description('make a one-time code that links your Slack account')
    .option('--for <email>', 'for somebody else (administrators)')
    .option('--json', 'as JSON')
    .action(async ({ for: email, json }) => {
      const made = await io.client().people.code(email);
      if (json) return io.json(made);
      io.out(made.code);
      io.err(`In Slack, until ${formatTime(made.expiresAt)}, once: /vsecure link ${made.code}`);
      io.err(`The account that types it is ${made.email}'s from then on. Show it to nobody else.`);
    });
}
