/** `alerts:list` and `alerts:rules`: what fires, and what would. */

import type { Command } from 'commander';
import type { Alert, AlertRule } from '../../sdk/index.js';
import { time } from '../fact-list.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const ALERTS: readonly Column<Alert>[] = [
  { head: 'rule', cell: ({ rule }) => rule },
  { head: 'key', cell: ({ key }) => key ?? '' },
  { head: 'state', cell: ({ state }) => state },
  { head: 'value', cell: ({ value }) => `${value}` },
  { head: 'over', cell: ({ threshold }) => `${threshold}` },
  { head: 'fired', cell: ({ firedAt }) => time(firedAt) },
  { head: 'resolved', cell: ({ resolvedAt }) => time(resolvedAt) },
  { head: 'silenced until', cell: ({ silencedUntil }) => time(silencedUntil) },
];

const RULES: readonly Column<AlertRule>[] = [
  { head: 'name', cell: ({ name }) => name },
  { head: 'metric', cell: ({ metric }) => metric ?? 'built in' },
  { head: 'over', cell: ({ threshold }) => `${threshold ?? ''}` },
  { head: 'in', cell: ({ period }) => period ?? '' },
  { head: 'resource', cell: ({ resource }) => resource ?? '' },
  { head: 'key', cell: ({ key }) => key ?? '' },
  { head: 'operation', cell: ({ operation }) => operation ?? '' },
  { head: 'cooldown', cell: ({ cooldown }) => cooldown },
  { head: 'to', cell: ({ to }) => to?.join(', ') ?? 'all' },
  { head: 'on', cell: ({ enabled }) => (enabled ? 'yes' : 'no') },
];

export function registerAlertsList(program: Command, io: Io): void {
  program
    .command('alerts:list')
    .description('list alerts: firing, resolved and silenced')
    .option('--json', 'as JSON')
    .action(async ({ json }) => {
      const alerts = await io.client().mcp.alerts();
      if (json) io.json(alerts);
      else io.table(alerts, ALERTS);
    });
}

export function registerAlertsRules(program: Command, io: Io): void {
  program
    .command('alerts:rules')
    .description('list what raises an alert, the built-in rules too')
    .option('--json', 'as JSON')
    .action(async ({ json }) => {
      const rules = await io.client().mcp.alertRules();
      if (json) io.json(rules);
      else io.table(rules, RULES);
    });
}
