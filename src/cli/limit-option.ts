/** The `--limit` option of list commands. */

import { InvalidArgumentError, Option } from 'commander';

const DEFAULT = 100;

export const listLimit = () =>
  new Option('--limit <n>', 'maximum number of results, newest first')
    .default(DEFAULT)
    .argParser(positive);

function positive(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Not a whole number of 1 or more.');
}
