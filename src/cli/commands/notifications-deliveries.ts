/** `notifications:deliveries`: what receivers were told, and what they are still to be told. */

import { type Command, Option } from 'commander';
import { deliveryState, notificationType, receiverKind } from '../../contract/notification.js';
import type { NotificationDelivery } from '../../sdk/index.js';
import type { Io } from '../io.js';
import { listLimit } from '../limit-option.js';
import type { Column, Tone } from '../table.js';

const TONES: Readonly<Record<NotificationDelivery['state'], Tone>> = {
  waiting: 'open',
  sent: 'good',
  dead: 'bad',
};

const COLUMNS: readonly Column<NotificationDelivery>[] = [
  { header: 'id', cell: ({ id }) => id },
  { header: 'at (UTC)', cell: ({ createdAt }) => createdAt.replace('T', ' ').slice(0, 19) },
  { header: 'receiver', cell: ({ receiver }) => receiver },
  { header: 'event', cell: ({ type }) => type },
  { header: 'state', cell: ({ state }) => state, tone: ({ state }) => TONES[state] },
  { header: 'tries', cell: ({ attempts }) => attempts },
  { header: 'error', cell: ({ lastError }) => lastError },
];

export function registerNotificationsDeliveries(program: Command, io: Io): void {
  program
    .command('notifications:deliveries')
    .description('show what receivers were told, newest first')
    .addOption(new Option('--receiver <receiver>', 'of one alone').choices(receiverKind.options))
    .addOption(new Option('--state <state>', 'dead: given up').choices(deliveryState.options))
    .addOption(new Option('--event <type>', 'of one kind').choices(notificationType.options))
    .addOption(listLimit())
    .option('--json', 'as JSON')
    .action(async ({ receiver, state, event, limit, json }) => {
      const query = { receiver, state, type: event, limit };
      const found = await io.client().mcp.notificationDeliveries(query);
      if (json) io.json(found);
      else if (found.length > 0) io.table(found, COLUMNS);
      else io.err('Nothing of that kind.');
      if (found.length === limit) io.err('There may be more: see --limit.');
    });
}
