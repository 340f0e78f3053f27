/** `mcp:revoke`: revokes a grant immediately. */

import type { Command } from 'commander';
import { grantId } from '../../contract/fields.js';
import { CommandFailed } from '../command-errors.js';
import type { Io } from '../io.js';

export function registerRevoke(program: Command, io: Io): void {
  program
    .command('mcp:revoke')
    .argument('<id>', 'grant id, grnt_…')
    .description('revoke a grant immediately')
    .requiredOption('--reason <text>', 'why; recorded in the audit trail')
    .option('--json', 'print JSON')
    .action(async (id, { reason, json }) => {
      if (!grantId.safeParse(id).success)
        throw new CommandFailed(`"${id}" is not a grant id. To list grants: vsecure mcp:grants`);
      const revoked = await io.client().mcp.revokeGrant(id, reason);
      if (json) io.json(revoked);
      else io.out(`Revoked ${revoked.id}.`);
    });
}
