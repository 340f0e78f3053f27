/** `keys:revoke`: revokes an API key immediately. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerKeysRevoke(program: Command, io: Io): void {
  program
    .command('keys:revoke')
    .argument('<id>', 'key id from keys:list')
    .description('revoke an API key immediately; this cannot be undone')
    .option('--yes', 'revoke without asking for confirmation; required without a terminal')
    .option('--json', 'print JSON')
    .action(async (id, { yes, json }) => {
      await io.confirm({
        question: `Revoke the key ${id} for ever, with its grants and pending requests?`,
        yes,
        unchanged: 'Nothing was revoked.',
      });
      const revoked = await io.client().keys.revoke(id);
      if (json) io.json(revoked);
      else io.out(`Revoked ${revoked.id}.`);
    });
}
