/** `mcp:approve`: approves a request, for the requested time or a shorter one. */

import type { Command } from 'commander';
import { fullUri } from '../../contract/short-name.js';
import type { Io } from '../io.js';
import { decide } from './decide.js';

export function registerApprove(program: Command, io: Io): void {
  program
    .command('mcp:approve')
    .argument('<id>', 'request id, appr_…')
    .description('approve a request')
    .option('--reason <text>', 'why; some policies require it')
    .option('--duration <duration>', 'grant a shorter time than requested, like 30m')
    .option('--resource <resource>', 'grant only this requested resource; can be repeated', collect)
    .option('--yes', 'decide without asking; a script gives --yes or --reason')
    .option('--json', 'print JSON')
    .action((id, { resource, ...options }) =>
      decide(io, 'approve', id, { ...options, resources: resource }),
    );
}

const collect = (text: string, before: readonly string[] = []) => [...before, fullUri(text)];
