/** `keys:list`: all keys, without their secret part. */

import type { Command } from 'commander';
import type { Key } from '../../sdk/index.js';
import { time } from '../fact-list.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<Key>[] = [
  { head: 'id', cell: ({ id }) => id },
  { head: 'name', cell: ({ name }) => name },
  { head: 'class', cell: (key) => key.class },
  { head: 'owner', cell: ({ owner }) => owner },
  { head: 'ends in', cell: ({ hint }) => `…${hint}` },
  { head: 'created', cell: ({ createdAt }) => time(createdAt) },
  { head: 'expires', cell: ({ expiresAt }) => time(expiresAt) },
  { head: 'revoked', cell: ({ revokedAt }) => time(revokedAt) },
  { head: 'suspended', cell: ({ suspendedAt }) => time(suspendedAt) },
];

export function registerKeysList(program: Command, io: Io): void {
  program
    .command('keys:list')
    .description('list API keys, without their secret part')
    .option('--json', 'as JSON')
    .action(async ({ json }) => {
      const keys = await io.client().keys.list();
      if (json) io.json(keys);
      else io.table(keys, COLUMNS);
    });
}
