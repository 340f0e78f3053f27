/** `keys:resume`: let a suspended key work again. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerKeysResume(program: Command, io: Io): void {
  program
    .command('keys:resume')
    .argument('<name>', 'of the key, like claude-desktop')
    .description('let a suspended key work again; what was revoked stays revoked')
    .option('--reason <text>', 'why; it is put on record')
    .option('--json', 'as JSON')
    .action(async (name, { reason, json }) => {
      const resumed = await io.client().keys.resume(name, reason);
      if (json) io.json(resumed);
      else io.out(`Resumed ${resumed.name}.`);
    });
}
