/** `keys:list`: lists all API keys, without their secret part. */

import type { Command } from 'commander';
import type { Key } from '../../sdk/index.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<Key>[] = [
  { header: 'id', cell: ({ id }) => id },
  { header: 'name', cell: ({ name }) => name },
  { header: 'class', cell: (key) => key.class },
  { header: 'owner', cell: ({ owner }) => owner },
  { header: 'ends in', cell: ({ hint }) => `…${hint}` },
  { header: 'created', cell: ({ createdAt }) => formatTime(createdAt) },
  { header: 'expires', cell: ({ expiresAt }) => formatTime(expiresAt) },
  { header: 'revoked', cell: ({ revokedAt }) => formatTime(revokedAt) },
  { header: 'suspended', cell: ({ suspendedAt }) => formatTime(suspendedAt) },
];

export function registerKeysList(program: Command, io: Io): void {
  program
    .command('keys:list')
    .description('list API keys, without their secret part')
    .option('--json', 'print JSON')
    .action(async ({ json }) => {
      const keys = await io.client().keys.list();
      if (json) io.json(keys);
      else io.table(keys, COLUMNS);
    });
}
