/** `secrets:delete`: permanently deletes a secret with all its versions. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import { CommandFailed } from '../command-errors.js';
import type { Io } from '../io.js';
import { templateUri } from '../resource-name.js';

export function registerSecretsDelete(program: Command, io: Io): void {
  program
    .command('secrets:delete')
    .argument('<path>', 'path, like production/DATABASE_URL')
    .description('permanently delete a secret with all its versions')
    .option('--template', 'the path names a configuration template')
    .option('--yes', 'delete without asking for confirmation')
    .option('--json', 'print JSON')
    .action(async (path, { template, yes, json }) => {
      const uri = template ? templateUri(path) : fullUri(path);
      const client = io.client();
      if (io.interactive && !yes) await confirm(io, uri);
      const deleted = await client.secrets.delete(uri);
      if (json) io.json(deleted);
      else io.out(`Deleted ${deleted.path} with all its versions (latest: ${deleted.version}).`);
    });
}

async function confirm(io: Io, uri: string): Promise<void> {
  const answer = await io.ask(`Permanently delete ${uri} with all its versions? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed('Cancelled. Nothing was deleted.');
}
