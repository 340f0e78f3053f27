/** `keys:suspend`: suspends a key and stops everything it has in progress. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerKeysSuspend(program: Command, io: Io): void {
  program
    .command('keys:suspend')
    .argument('<name>', 'key name, like claude-desktop')
    .description(
      'suspend a key, revoke its grants, cancel its requests, and notify the administrators',
    )
    .requiredOption('--reason <text>', 'why; recorded in the audit trail')
    .option('--json', 'print JSON')
    .action(async (name, { reason, json }) => {
      const suspended = await io.client().keys.suspend(name, reason);
      if (json) return io.json(suspended);
      const { already, grantsRevoked, requestsWithdrawn } = suspended;
      if (already) return io.out(`${suspended.name} is already suspended.`);
      io.out(
        `Suspended ${suspended.name}. Grants revoked: ${grantsRevoked}; requests cancelled: ${requestsWithdrawn}.`,
      );
      io.err(`An administrator can reactivate it: vsecure keys:resume ${suspended.name}`);
    });
}
