/** `keys:suspend`: stop everything that is done with a key. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerKeysSuspend(program: Command, io: Io): void {
  program
    .command('keys:suspend')
    .argument('<name>', 'of the key, like claude-desktop')
    .description('stop a key, revoke its grants, withdraw its requests, tell the administrators')
    .requiredOption('--reason <text>', 'why; it is put on record')
    .option('--json', 'as JSON')
    .action(async (name, { reason, json }) => {
      const suspended = await io.client().keys.suspend(name, reason);
      if (json) return io.json(suspended);
      const { already, grantsRevoked, requestsWithdrawn } = suspended;
      if (already) return io.out(`${suspended.name} is suspended already.`);
      io.out(
        `Suspended ${suspended.name}. Grants revoked: ${grantsRevoked}; requests withdrawn: ${requestsWithdrawn}.`,
      );
      io.err(`An administrator lets it work again: vsecure keys:resume ${suspended.name}`);
    });
}
