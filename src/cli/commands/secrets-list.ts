/** `secrets:list`: which secrets there are, without their values. */

import type { Command } from 'commander';
import type { ListedSecret } from '../../sdk/index.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<ListedSecret>[] = [
  { header: 'path', cell: ({ path }) => path },
  { header: 'version', cell: ({ version }) => version },
  { header: 'updated', cell: ({ updatedAt }) => formatTime(updatedAt) },
  { header: 'your access', cell: ({ access }) => access },
];

export function registerSecretsList(program: Command, io: Io): void {
  program
    .command('secrets:list')
    .description('list secrets, without their values')
    .option('--json', 'as JSON')
    .action(async ({ json }) => {
      const secrets = await io.client().secrets.list();
      if (json) return io.json(secrets);
      if (secrets.length > 0) return io.table(secrets, COLUMNS);
      io.err('There is no secret yet. Store one with secrets:set.');
    });
}
