/** `notifications:replay`: tell receivers once more. */

import { type Command, Option } from 'commander';
import { receiverKind } from '../../contract/notification.js';
import { UsageError } from '../command-errors.js';
import type { Io } from '../io.js';

export function registerNotificationsReplay(program: Command, io: Io): void {
  program
    .command('notifications:replay')
    .argument('[ids...]', 'of deliveries, dlvr_…')
    .description('tell receivers once more, under the same ids')
    .addOption(
      new Option('--receiver <receiver>', 'instead of ids: all that was given up').choices(
        receiverKind.options,
      ),
    )
    .addOption(
      new Option(
        '--state <state>',
        'with --receiver: what ended like this (default: dead)',
      ).choices(['dead', 'sent']),
    )
    .option('--since <time>', 'with --receiver: like 24h (ago) or 2026-05-01')
    .option('--json', 'as JSON')
    .action(async (ids: string[], { receiver, state, since, json }) => {
      if (ids.length > 0 === (receiver !== undefined))
        throw new UsageError('Name deliveries by their ids, or a receiver with --receiver.');
      if (receiver === undefined && (state ?? since) !== undefined)
        throw new UsageError('--state and --since go with --receiver.');
      const which = receiver === undefined ? { ids } : { receiver, state, since };
      const done = await io.client().mcp.replayNotifications(which);
      if (json) io.json(done);
      else io.out(`${done.replayed} to be told once more.`);
    });
}
