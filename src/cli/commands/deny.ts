/** `mcp:deny`: denies a request. */

import type { Command } from 'commander';
import type { Io } from '../io.js';
import { decide } from './decide.js';

export function registerDeny(program: Command, io: Io): void {
  program
    .command('mcp:deny')
    .argument('<id>', 'request id, appr_…')
    .description('deny a request')
    .requiredOption('--reason <text>', 'why; the requester can read it')
    .option(
      '--send-back',
      'ask for a better request: the AI tool may ask again at once, with changes',
    )
    .option('--yes', 'decide without asking for confirmation')
    .option('--json', 'print JSON')
    .action((id, options) => decide(io, 'deny', id, options));
}
