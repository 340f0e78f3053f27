/** `secrets:get`: prints the value of a secret, under a grant of the caller's own key. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import { readValue } from '../access-status.js';
import type { Io } from '../io.js';
import { templateUri } from '../resource-name.js';

const HELP = `
The read needs an active grant of your own key, is recorded and counts as a use. To ask for one: vsecure access request.

Exit status without a grant: 3 your request is pending, 4 denied, 5 expired, cancelled or ended; else as every command.`;

export function registerSecretsGet(program: Command, io: Io): void {
  program
    .command('secrets:get')
    .argument('<path>', 'path, like production/DATABASE_URL')
    .description('print the value of a secret, and nothing else, to stdout')
    .option('--template', 'print a configuration template')
    .addHelpText('after', HELP)
    .action((path, { template }) => readValue(io, template ? templateUri(path) : fullUri(path)));
}
