/** `secrets:delete`: a secret with all its versions, for good. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import { CommandFailed } from '../command-errors.js';
import type { Io } from '../io.js';
import { templateUri } from '../resource-name.js';

export function registerSecretsDelete(program: Command, io: Io): void {
  program
    .command('secrets:delete')
    .argument('<path>', 'like production/DATABASE_URL')
    .description('delete a secret with all its versions; it cannot be undone')
    .option('--template', 'a configuration template')
    .option('--yes', 'do not ask before deleting')
    .option('--json', 'as JSON')
    .action(async (path, { template, yes, json }) => {
      const uri = template ? templateUri(path) : fullUri(path);
      const client = io.client();
      if (io.interactive && !yes) await confirm(io, uri);
      const deleted = await client.secrets.delete(uri);
      if (json) io.json(deleted);
      else io.out(`Deleted ${deleted.path}, version ${deleted.version} and all before it.`);
    });
}

async function confirm(io: Io, uri: string): Promise<void> {
  const answer = await io.ask(`Delete ${uri} with all its versions, for good? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed('Nothing was deleted.');
}
