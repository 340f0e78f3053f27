/** `notifications:list`: who is told of what. */

import type { Command } from 'commander';
import type { Receivers } from '../../sdk/index.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

interface Row {
  readonly receiver: string;
  readonly state: string;
  readonly where: string;
  readonly events: string;
  readonly reasons: string;
}

export const columns: readonly Column<Row>[] = [
  { header: 'receiver', cell: ({ receiver }) => receiver },
  { header: 'state', cell: ({ state }) => state },
  { header: 'where', cell: ({ where }) => where },
  { header: 'events', cell: ({ events }) => events },
  { header: 'reasons', cell: ({ reasons }) => reasons },
];

export function registerNotificationsList(program: Command, io: Io): void {
  program
    .command('notifications:list')
    .description('show who is told of what outside of the Slack app')
    .option('--json', 'as JSON')
    .action(async ({ json }) => {
      const receivers = await io.client().mcp.notifications();
      if (json) return io.json(receivers);
      const rows = rowsOf(receivers);
      if (rows.length > 0) io.table(rows, columns);
      else io.err('Nobody is told yet: see notifications:set --help.');
    });
}

/** One for each that is set up. */
export function rowsOf({ email, slack, webhook }: Receivers): readonly Row[] {
  return [
    ...(email ? [{ receiver: 'email', where: email.recipients.join(', '), ...common(email) }] : []),
    ...(slack
      ? [{ receiver: 'slack', where: slack.channel ?? slack.origin, ...common(slack) }]
      : []),
    ...(webhook ? [{ receiver: 'webhook', where: webhook.origin, ...common(webhook) }] : []),
  ];
}

type Common = Pick<
  NonNullable<Receivers['email']>,
  'enabled' | 'events' | 'includeReason' | 'disabledBecause'
>;

const common = ({ enabled, events, includeReason, disabledBecause }: Common) => ({
  state: enabled ? 'on' : disabledBecause ? `off: ${disabledBecause}` : 'off',
  events: events?.join(', ') ?? 'all but secret_read',
  reasons: includeReason ? 'passed on' : 'left out',
});
