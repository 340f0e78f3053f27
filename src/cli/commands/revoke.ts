/** `mcp:revoke`: end a grant at once. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerRevoke(program: Command, io: Io): void {
  program
    .command('mcp:revoke')
    .argument('<id>', 'grnt_…')
    .description('end a grant at once')
    .requiredOption('--reason <text>', 'why; it is put on record')
    .option('--json', 'as JSON')
    .action(async (id, { reason, json }) => {
      const revoked = await io.client().mcp.revokeGrant(id, reason);
      if (json) io.json(revoked);
      else io.out(`Revoked ${revoked.id}.`);
    });
}
