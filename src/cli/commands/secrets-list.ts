/** `secrets:list`: lists secrets, without their values. */

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
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const secrets = await io.client().secrets.list();
      if (json) return io.json(secrets);
      if (secrets.length > 0) return io.table(secrets, COLUMNS);
      io.err('No secrets yet. To store one: vsecure secrets:set');
    });
}
