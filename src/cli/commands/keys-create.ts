/** `keys:create`: make a key and show it, this once. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { keyClass, scope } from '../../contract/fields.js';
import type { Io } from '../io.js';

export function registerKeysCreate(program: Command, io: Io): void {
  program
    .command('keys:create')
    .description('make an API key; it is shown once')
    .requiredOption('--name <name>', 'of whom or what it is for, like claude-desktop')
    .addOption(
      new Option('--class <class>', 'what it can ever be allowed')
        .choices(keyClass.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--owner <email>', 'the person it belongs to')
    .option('--scopes <list>', 'like audit:read,secrets:list (default: all of its class)', scopes)
    .option('--expires <duration>', 'like 90d (default: when revoked)')
    .option('--additional', 'another key for a name that exists, to change keys without a gap')
    .option('--json', 'as JSON')
    .action(async ({ json, ...wish }) => {
      const made = await io.client().keys.create(wish);
      if (json) return io.json(made);
      io.out(made.token);
      const until = made.expiresAt ? `until ${made.expiresAt.slice(0, 10)}` : 'until it is revoked';
      io.err(
        `Key ${made.id} of ${made.name}, class ${made.class}, owned by ${made.owner}, ${until}.`,
      );
      io.err('This is the only time it is shown: keep it where only its owner can read it.');
    });
}

function scopes(text: string) {
  const read = scope.array().min(1).safeParse(text.split(','));
  if (read.success) return read.data;
  throw new InvalidArgumentError(`Scopes are: ${scope.options.join(', ')}.`);
}
