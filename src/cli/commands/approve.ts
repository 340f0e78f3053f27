/** `mcp:approve`: give access, for as long as was asked or shorter. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import type { Io } from '../io.js';
import { decide } from './decide.js';

export function registerApprove(program: Command, io: Io): void {
  program
    .command('mcp:approve')
    .argument('<id>', 'appr_…')
    .description('approve a request')
    .option('--reason <text>', 'why; some policies ask for it')
    .option('--duration <duration>', 'shorter than asked, like 30m')
    .option('--resource <resource>', 'only this one of those asked for; may be repeated', collect)
    .option('--yes', 'do not ask before deciding')
    .option('--json', 'as JSON')
    .action((id, { resource, ...options }) =>
      decide(io, 'approve', id, { ...options, resources: resource }),
    );
}

const collect = (text: string, before: readonly string[] = []) => [...before, fullUri(text)];
