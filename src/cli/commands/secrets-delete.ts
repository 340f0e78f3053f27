/** `secrets:delete`: permanently deletes a secret with all its versions. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import type { Io } from '../io.js';
import { templateUri } from '../resource-name.js';

export function registerSecretsDelete(program: Command, io: Io): void {
  program
    .command('secrets:delete')
    .argument('<path>', 'path, like production/DATABASE_URL')
    .description('permanently delete a secret with all its versions')
    .option('--template', 'the path names a configuration template')
    .option('--yes', 'delete without asking for confirmation; required without a terminal')
    .option('--json', 'print JSON')
    .action(async (path, { template, yes, json }) => {
      const uri = template ? templateUri(path) : fullUri(path);
      const client = io.client();
      await io.confirm({
        question: `Permanently delete ${uri} with all its versions?`,
        yes,
        unchanged: 'Nothing was deleted.',
      });
      const deleted = await client.secrets.delete(uri);
      if (json) io.json(deleted);
      else io.out(`Deleted ${deleted.path} with all its versions (latest: ${deleted.version}).`);
    });
}
