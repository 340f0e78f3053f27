/** `notifications:list`: lists the receivers and the events each one gets. */

import type { Command } from 'commander';
import type { Receivers } from '../../sdk/index.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

interface Row {
  readonly receiver: string;
  readonly state: string;
  readonly destination: string;
  readonly events: string;
  readonly reasons: string;
}

export const columns: readonly Column<Row>[] = [
  { header: 'receiver', cell: ({ receiver }) => receiver },
  { header: 'state', cell: ({ state }) => state },
  { header: 'destination', cell: ({ destination }) => destination },
  { header: 'events', cell: ({ events }) => events },
  { header: 'reasons', cell: ({ reasons }) => reasons },
];

export function registerNotificationsList(program: Command, io: Io): void {
  program
    .command('notifications:list')
    .description('list notification receivers and the events each one gets')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const receivers = await io.client().mcp.notifications();
      if (json) return io.json(receivers);
      const rows = rowsOf(receivers);
      if (rows.length > 0) io.table(rows, columns);
      else io.err('No receivers yet. To add one: vsecure notifications:set --help');
    });
}

/** One row per configured receiver. */
export function rowsOf({ email, slack, webhook }: Receivers): readonly Row[] {
  return [
    ...(email
      ? [{ receiver: 'email', destination: email.recipients.join(', '), ...common(email) }]
      : []),
    ...(slack
      ? [{ receiver: 'slack', destination: slack.channel ?? slack.origin, ...common(slack) }]
      : []),
    ...(webhook ? [{ receiver: 'webhook', destination: webhook.origin, ...common(webhook) }] : []),
  ];
}

type Common = Pick<
  NonNullable<Receivers['email']>,
  'enabled' | 'events' | 'includeReason' | 'disabledBecause'
>;

const common = ({ enabled, events, includeReason, disabledBecause }: Common) => ({
  state: enabled ? 'on' : disabledBecause ? `off: ${disabledBecause}` : 'off',
  events: events?.join(', ') ?? 'all except secret_read',
  reasons: includeReason ? 'included' : 'omitted',
});
