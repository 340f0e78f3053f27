/** `alerts:list` and `alerts:rules`: lists the alerts and the rules that raise them. */

import type { Command } from 'commander';
import type { Alert, AlertRule } from '../../sdk/index.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const ALERTS: readonly Column<Alert>[] = [
  { header: 'rule', cell: ({ rule }) => rule },
  { header: 'key', cell: ({ key }) => key ?? '' },
  { header: 'state', cell: ({ state }) => state },
  { header: 'value', cell: ({ value }) => `${value}` },
  { header: 'threshold', cell: ({ threshold }) => `${threshold}` },
  { header: 'fired', cell: ({ firedAt }) => formatTime(firedAt) },
  { header: 'resolved', cell: ({ resolvedAt }) => formatTime(resolvedAt) },
  { header: 'silenced until', cell: ({ silencedUntil }) => formatTime(silencedUntil) },
];

const RULES: readonly Column<AlertRule>[] = [
  { header: 'name', cell: ({ name }) => name },
  { header: 'metric', cell: ({ metric }) => metric ?? 'built in' },
  { header: 'threshold', cell: ({ threshold }) => `${threshold ?? ''}` },
  { header: 'period', cell: ({ period }) => period ?? '' },
  { header: 'resource', cell: ({ resource }) => resource ?? '' },
  { header: 'key', cell: ({ key }) => key ?? '' },
  { header: 'operation', cell: ({ operation }) => operation ?? '' },
  { header: 'cooldown', cell: ({ cooldown }) => cooldown },
  { header: 'receivers', cell: ({ to }) => to?.join(', ') ?? 'all' },
  { header: 'enabled', cell: ({ enabled }) => (enabled ? 'yes' : 'no') },
];

export function registerAlertsList(program: Command, io: Io): void {
  program
    .command('alerts:list')
    .description('list alerts: firing, resolved and silenced')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const alerts = await io.client().mcp.alerts();
      if (json) io.json(alerts);
      else io.table(alerts, ALERTS);
    });
}

export function registerAlertsRules(program: Command, io: Io): void {
  program
    .command('alerts:rules')
    .description('list alert rules, including the built-in ones')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const rules = await io.client().mcp.alertRules();
      if (json) io.json(rules);
      else io.table(rules, RULES);
    });
}
