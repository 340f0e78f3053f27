/** `people:remove`: removes a person for good. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerPeopleRemove(program: Command, io: Io): void {
  program
    .command('people:remove')
    .argument('<email>')
    .description('remove a person: revoke all their keys and grants, unlink their Slack account')
    .option('--json', 'print JSON')
    .option('--yes', 'remove without asking for confirmation; required without a terminal')
    .action(async (email, { yes, json }) => {
      const question = `Remove ${email}, revoke all their keys for ever with their grants, and unlink their Slack account?`;
      await io.confirm({ question, yes, unchanged: 'Nothing was removed.' });
      const removed = await io.client().people.remove(email);
      if (json) io.json(removed);
      else io.out(`Removed ${removed.email}. The audit trail keeps what they did.`);
    });
}
