/** `alerts:set`, `alerts:remove` and `alerts:silence`: manages alert rules. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { alertRoutes } from '../../contract/alert.js';
import { operation } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type { Io } from '../io.js';

const { metric, to } = alertRoutes.set.body.shape;

export function registerAlertsSet(program: Command, io: Io): void {
  program
    .command('alerts:set')
    .argument('<name>', 'name of the rule, or a built-in rule: novel_access, unusual_hours, burst')
    .description('create an alert rule, or change the given settings of one')
    .addOption(new Option('--metric <metric>', 'metric to watch').choices(metric.unwrap().options))
    .option('--over <number>', 'fire above this value (time_to_decision: seconds)', number)
    .option('--period <duration>', 'time span to measure, up to now, like 1h')
    .option('--resource <pattern>', 'only matching resources, like production/*', (text) =>
      fullUri(text),
    )
    .option('--key <name>', 'only this API key')
    .addOption(
      new Option('--operation <operation>', 'only this operation').choices(operation.options),
    )
    .option('--cooldown <duration>', 'minimum time between two alerts (default: 1h)')
    .option('--to <list>', 'receivers to notify, like email,webhook (default: all)', receivers)
    .option('--enable', 'enable the rule')
    .option('--disable', 'disable the rule')
    .option('--yes', 'disable without asking for confirmation; required without a terminal')
    .option('--json', 'print JSON')
    .action(async (name, { json, yes, over, enable, disable, ...rest }) => {
      if (disable) {
        const question = `Disable the rule ${name}, so that it notifies no one?`;
        await io.confirm({ question, yes, unchanged: 'Nothing was changed.' });
      }
      const enabled = enable ? true : disable ? false : undefined;
      const rule = await io.client().mcp.setAlert({ name, threshold: over, enabled, ...rest });
      if (json) io.json(rule);
      else io.out(`Saved rule ${rule.name}${rule.enabled ? '' : ' (disabled)'}.`);
    });
}

export function registerAlertsRemove(program: Command, io: Io): void {
  program
    .command('alerts:remove')
    .argument('<name>', 'rule name from alerts:rules')
    .description('remove a rule and its alerts; a built-in rule returns to its defaults')
    .option('--yes', 'remove without asking for confirmation; required without a terminal')
    .option('--json', 'print JSON')
    .action(async (name, { yes, json }) => {
      await io.confirm({
        question: `Remove the rule ${name} and its alerts?`,
        yes,
        unchanged: 'Nothing was removed.',
      });
      const removed = await io.client().mcp.removeAlert(name);
      if (json) io.json(removed);
      else io.out(`Removed ${removed.name}.`);
    });
}

export function registerAlertsSilence(program: Command, io: Io): void {
  program
    .command('alerts:silence')
    .argument('<rule>', 'rule name from alerts:rules')
    .description('keep a rule from firing for a while')
    .requiredOption('--for <duration>', 'how long, like 2h')
    .requiredOption('--reason <text>', 'why; recorded in the audit trail')
    .option('--key <name>', 'only alerts about this API key')
    .option('--yes', 'silence without asking for confirmation; required without a terminal')
    .option('--json', 'print JSON')
    .action(async (rule, { json, yes, for: duration, ...rest }) => {
      const question = `Silence the rule ${rule} for ${duration}, so that it notifies no one?`;
      await io.confirm({ question, yes, unchanged: 'Nothing was silenced.' });
      const silenced = await io.client().mcp.silenceAlert({ rule, duration, ...rest });
      if (json) io.json(silenced);
      else io.out(`Silenced ${silenced.alert} until ${silenced.until}.`);
    });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('Not a whole number of 0 or more.');
  return value;
}

function receivers(text: string) {
  const read = to.safeParse(text.split(','));
  if (read.success && read.data) return read.data;
  throw new InvalidArgumentError('Not a list of receivers; use email, slack, webhook.');
}
