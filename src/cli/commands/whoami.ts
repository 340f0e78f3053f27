/** `auth:whoami`: shows the API key in use and its owner. */

import type { Command } from 'commander';
import { fieldList, formatTime } from '../field-list.js';
import type { Io } from '../io.js';

export function registerWhoami(program: Command, io: Io): void {
  program
    .command('auth:whoami')
    .description('show the API key in use, its owner and its scopes')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const me = await io.client().whoami();
      if (json) return io.json(me);
      io.out(
        fieldList([
          ['Key', `${me.key} of ${me.name}`],
          ['Class', me.class],
          ['Owner', `${me.owner.email}, ${me.owner.role}`],
          ['Expires', formatTime(me.expiresAt)],
          ['Scopes', me.scopes.join(' ') || 'none'],
        ]),
      );
    });
}
