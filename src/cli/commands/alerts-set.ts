/** `alerts:set`, `alerts:remove` and `alerts:silence`: say what raises an alert, and when none is wanted. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { alertRoutes } from '../../contract/alert.js';
import { operation } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type { Io } from '../io.js';

const { metric, to } = alertRoutes.set.body.shape;

export function registerAlertsSet(program: Command, io: Io): void {
  program
    .command('alerts:set')
    .argument('<name>', 'of the rule, or novel_access, unusual_hours or burst')
    .description('make a rule that raises an alert, or change what is named of it')
    .addOption(new Option('--metric <metric>', 'what counts').choices(metric.unwrap().options))
    .option('--over <number>', 'it fires over this; of time_to_decision it is seconds', number)
    .option('--period <duration>', 'like 1h, up to now')
    .option('--resource <pattern>', 'only these, like production/*', (text) => fullUri(text))
    .option('--key <name>', 'only of this key')
    .addOption(new Option('--operation <operation>', 'only this').choices(operation.options))
    .option('--cooldown <duration>', 'it does not fire again for so long (default: 1h)')
    .option('--to <list>', 'who is told, like email,webhook (default: all)', receivers)
    .option('--enable', 'switch it on')
    .option('--disable', 'switch it off')
    .option('--json', 'as JSON')
    .action(async (name, { json, over, enable, disable, ...rest }) => {
      const enabled = enable ? true : disable ? false : undefined;
      const rule = await io.client().mcp.setAlert({ name, threshold: over, enabled, ...rest });
      if (json) io.json(rule);
      else io.out(`Set ${rule.name}${rule.enabled ? '' : ', which is switched off'}.`);
    });
}

export function registerAlertsRemove(program: Command, io: Io): void {
  program
    .command('alerts:remove')
    .argument('<name>', 'as alerts:rules shows it')
    .description('remove a rule with its alerts; a built-in one becomes again what it was')
    .option('--json', 'as JSON')
    .action(async (name, { json }) => {
      const removed = await io.client().mcp.removeAlert(name);
      if (json) io.json(removed);
      else io.out(`Removed ${removed.name}.`);
    });
}

export function registerAlertsSilence(program: Command, io: Io): void {
  program
    .command('alerts:silence')
    .argument('<rule>', 'as alerts:rules shows it')
    .description('let a rule fire nothing for a time')
    .requiredOption('--for <duration>', 'like 2h')
    .requiredOption('--reason <text>', 'why; it is put on record')
    .option('--key <name>', 'only what concerns this key')
    .option('--json', 'as JSON')
    .action(async (rule, { json, for: duration, ...rest }) => {
      const silenced = await io.client().mcp.silenceAlert({ rule, duration, ...rest });
      if (json) io.json(silenced);
      else io.out(`Silenced ${silenced.alert} until ${silenced.until}.`);
    });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It is a whole number from 0.');
  return value;
}

function receivers(text: string) {
  const read = to.safeParse(text.split(','));
  if (read.success && read.data) return read.data;
  throw new InvalidArgumentError('Receivers are: email, slack, webhook.');
}
