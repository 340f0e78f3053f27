/** `keys:resume`: reactivates a suspended key. */

import type { Command } from 'commander';
import type { Io } from '../io.js';

export function registerKeysResume(program: Command, io: Io): void {
  program
    .command('keys:resume')
    .argument('<name>', 'key name, like claude-desktop')
    .description('reactivate a suspended key; its revoked grants stay revoked')
    .option('--reason <text>', 'why; recorded in the audit trail')
    .option('--yes', 'resume without asking for confirmation; required without a terminal')
    .option('--json', 'print JSON')
    .action(async (name, { reason, yes, json }) => {
      const question = `Reactivate the key ${name}, which was suspended to stop it?`;
      await io.confirm({ question, yes, unchanged: 'Nothing was resumed.' });
      const resumed = await io.client().keys.resume(name, reason);
      if (json) io.json(resumed);
      else io.out(`Resumed ${resumed.name}.`);
    });
}
