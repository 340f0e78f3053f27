/** The `--limit` option of list commands. */

import { InvalidArgumentError, Option } from 'commander';
import type { Io } from './io.js';

const DEFAULT = 100;

export const listLimit = () =>
  new Option('--limit <n>', 'maximum number of results, newest first')
    .default(DEFAULT)
    .argParser(positive);

/** On stderr, so that it is also said beside `--json`: a list that was cut must not look complete. */
export function sayIfCut(io: Pick<Io, 'err'>, listed: readonly unknown[], limit: number): void {
  if (listed.length === limit) io.err(`There may be more than ${limit}. Use --limit to see them.`);
}

function positive(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Not a whole number of 1 or more.');
}
