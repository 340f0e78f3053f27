/** `--limit` of lists. */

import { InvalidArgumentError, Option } from 'commander';

const DEFAULT = 100;

export const listLimit = () =>
  new Option('--limit <n>', 'at most so many, newest first').default(DEFAULT).argParser(positive);

function positive(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number above 0.');
}
