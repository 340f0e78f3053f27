/** `people:code`: creates a code that links the Slack account that enters it. */

import type { Command } from 'commander';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';

export function registerPeopleCode(program: Command, io: Io): void {
  program
    .command('people:code')
    .description('create a one-time code that links your Slack account')
    .option('--for <email>', 'create the code for another person (administrators only)')
    .option('--json', 'print JSON')
    .action(async ({ for: email, json }) => {
      const created = await io.client().people.code(email);
      if (json) return io.json(created);
      io.out(created.code);
      io.err(
        `In Slack, type this once before ${formatTime(created.expiresAt)}: /vsecure link ${created.code}`,
      );
      io.err(
        `The Slack account that types it will be linked to ${created.email}. Show it to no one else.`,
      );
    });
}
