/** `notifications:replay`: sends notifications again. */

import { type Command, Option } from 'commander';
import { receiverKind } from '../../contract/notification.js';
import { UsageError } from '../command-errors.js';
import type { Io } from '../io.js';

export function registerNotificationsReplay(program: Command, io: Io): void {
  program
    .command('notifications:replay')
    .argument('[ids...]', 'delivery ids, dlvr_…')
    .description('send notifications again, with the same ids')
    .addOption(
      new Option(
        '--receiver <receiver>',
        'instead of ids: every dead delivery of this receiver',
      ).choices(receiverKind.options),
    )
    .addOption(
      new Option(
        '--state <state>',
        'with --receiver: deliveries in this state (default: dead)',
      ).choices(['dead', 'sent']),
    )
    .option('--since <time>', 'with --receiver: start, like 24h (ago) or 2026-05-01')
    .option('--json', 'print JSON')
    .action(async (ids: string[], { receiver, state, since, json }) => {
      if (ids.length > 0 === (receiver !== undefined))
        throw new UsageError('Give either delivery ids or --receiver, not both.');
      if (receiver === undefined && (state ?? since) !== undefined)
        throw new UsageError('--state and --since need --receiver.');
      const which = receiver === undefined ? { ids } : { receiver, state, since };
      const done = await io.client().mcp.replayNotifications(which);
      if (json) io.json(done);
      else io.out(`Queued to send again: ${done.replayed}.`);
    });
}
