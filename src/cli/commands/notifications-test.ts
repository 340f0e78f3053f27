/** `notifications:test`: tell one receiver, now, that this is a test. */

import { Argument, type Command } from 'commander';
import { receiverKind } from '../../contract/notification.js';
import { CommandFailed } from '../command-errors.js';
import type { Io } from '../io.js';

export function registerNotificationsTest(program: Command, io: Io): void {
  program
    .command('notifications:test')
    .addArgument(new Argument('<receiver>', 'who to tell').choices(receiverKind.options))
    .description('send a test to one receiver, now')
    .option('--json', 'as JSON')
    .action(async (receiver, { json }) => {
      const progress = io.progress(`Telling ${receiver}…`);
      const told = await io.client().mcp.testNotification(receiver).finally(progress.end);
      if (json) io.json(told);
      if (told.outcome === 'failed')
        throw new CommandFailed(
          `${receiver} was not reached: ${told.error}. See docs/notifications.md.`,
        );
      if (!json) io.out(`${receiver} took it.`);
    });
}
