/** `notifications:deliveries`: lists notifications that were sent, are waiting, or have failed. */

import { type Command, Option } from 'commander';
import { deliveryState, notificationType, receiverKind } from '../../contract/notification.js';
import type { NotificationDelivery } from '../../sdk/index.js';
import type { Io } from '../io.js';
import { listLimit, sayIfCut } from '../limit-option.js';
import type { Column, Tone } from '../table.js';

const TONES: Readonly<Record<NotificationDelivery['state'], Tone>> = {
  waiting: 'open',
  sent: 'good',
  dead: 'bad',
};

const COLUMNS: readonly Column<NotificationDelivery>[] = [
  { header: 'id', cell: ({ id }) => id },
  { header: 'time (UTC)', cell: ({ createdAt }) => createdAt.replace('T', ' ').slice(0, 19) },
  { header: 'receiver', cell: ({ receiver }) => receiver },
  { header: 'event', cell: ({ type }) => type },
  { header: 'state', cell: ({ state }) => state, tone: ({ state }) => TONES[state] },
  { header: 'attempts', cell: ({ attempts }) => attempts },
  { header: 'error', cell: ({ lastError }) => lastError },
];

export function registerNotificationsDeliveries(program: Command, io: Io): void {
  program
    .command('notifications:deliveries')
    .description('list notification deliveries, newest first')
    .addOption(
      new Option('--receiver <receiver>', 'only this receiver').choices(receiverKind.options),
    )
    .addOption(
      new Option(
        '--state <state>',
        'only deliveries in this state; dead: vsecure stopped trying',
      ).choices(deliveryState.options),
    )
    .addOption(
      new Option('--event <type>', 'only events of this type').choices(notificationType.options),
    )
    .addOption(listLimit())
    .option('--json', 'print JSON')
    .action(async ({ receiver, state, event, limit, json }) => {
      const query = { receiver, state, type: event, limit };
      const found = await io.client().mcp.notificationDeliveries(query);
      if (json) io.json(found);
      else if (found.length > 0) io.table(found, COLUMNS);
      else io.err('No matching deliveries.');
      sayIfCut(io, found, limit);
    });
}
