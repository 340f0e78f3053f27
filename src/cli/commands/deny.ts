/** `mcp:deny`: refuse access. */

import type { Command } from 'commander';
import type { Io } from '../io.js';
import { decide } from './decide.js';

export function registerDeny(program: Command, io: Io): void {
  program
    .command('mcp:deny')
    .argument('<id>', 'appr_…')
    .description('deny a request')
    .requiredOption('--reason <text>', 'why; whoever asked will read it')
    .option('--yes', 'do not ask before deciding')
    .option('--json', 'as JSON')
    .action((id, options) => decide(io, 'deny', id, options));
}
