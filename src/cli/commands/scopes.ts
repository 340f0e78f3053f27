/** `auth:scopes`: lists all scopes and marks those of your key. */

import type { Command } from 'commander';
import { scope } from '../../contract/fields.js';
import type { Io } from '../io.js';

export function registerScopes(program: Command, io: Io): void {
  program
    .command('auth:scopes')
    .description('list all scopes and show which ones your key has')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const { scopes } = await io.client().whoami();
      const all = scope.options.map((name) => ({ scope: name, yours: scopes.includes(name) }));
      if (json) return io.json(all);
      io.table(all, [
        { header: 'scope', cell: (row) => row.scope },
        { header: 'yours', cell: ({ yours }) => (yours ? 'yes' : 'no') },
      ]);
    });
}
