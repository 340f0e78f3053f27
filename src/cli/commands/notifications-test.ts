/** `notifications:test`: sends a test notification to one receiver immediately. */

import { Argument, type Command } from 'commander';
import { receiverKind } from '../../contract/notification.js';
import { CommandFailed } from '../command-errors.js';
import type { Io } from '../io.js';

export function registerNotificationsTest(program: Command, io: Io): void {
  program
    .command('notifications:test')
    .addArgument(new Argument('<receiver>', 'receiver to test').choices(receiverKind.options))
    .description('send a test notification to one receiver')
    .option('--json', 'print JSON')
    .action(async (receiver, { json }) => {
      const progress = io.progress(`Sending a test to ${receiver}`);
      const tested = await io.client().mcp.testNotification(receiver).finally(progress.end);
      if (json) io.json(tested);
      if (tested.outcome === 'failed')
        throw new CommandFailed(
          `Sending to ${receiver} failed: ${tested.error}. See docs/notifications.md.`,
        );
      if (!json) io.out(`Sent a test to ${receiver}.`);
    });
}
