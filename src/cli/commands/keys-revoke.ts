/** `keys:revoke`: end a key at once. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerKeysRevoke(program: Command, io: Io): void {
  program
    .command('keys:revoke')
    .argument('<id>', 'as keys:list shows it')
    .description('end an API key at once and for good')
    .option('--json', 'as JSON')
    .action(async (id, { json }) => {
      const revoked = await io.client().keys.revoke(id);
      if (json) io.json(revoked);
      else io.out(`Revoked ${revoked.id}.`);
    });
}
