/** `mcp:configure`: put the policies of a file in force, one by one in its order. */

import type { Command } from 'commander';
import type { PolicyDocument } from '../../sdk/index.js';
import type { Io } from '../io.js';
import { NotDone } from '../outcome.js';
import { readPolicies } from '../policy-file.js';

export function registerConfigure(program: Command, io: Io): void {
  program
    .command('mcp:configure')
    .description('set policies from a file; each replaces the one of its pattern')
    .requiredOption('-f, --file <file>', 'YAML: a list of policies; - for stdin')
    .option('--json', 'as JSON')
    .action(async ({ file, json }) => {
      // The whole file is read before anything is changed.
      const policies = await readPolicies(file, io.input);
      const applied = await apply(io, policies);
      if (json) io.json(applied);
    });
}

async function apply(io: Io, policies: readonly PolicyDocument[]) {
  const client = io.client();
  const applied = [];
  for (const document of policies) {
    const configured = await client.mcp.replaceResource(document).catch((error: unknown) => {
      io.err(`vsecure: ${document.uri} was not set. ${progress(applied.length, policies.length)}`);
      throw error;
    });
    const { policy, warnings } = configured;
    io.err(`${policy.uri}: version ${policy.version}`);
    for (const warning of warnings) io.err(`  Warning: ${warning}`);
    applied.push(configured);
  }
  if (applied.length === 0) throw new NotDone('There is no policy in the file.');
  return applied;
}

const progress = (done: number, all: number) =>
  done === 0 ? 'Nothing was changed.' : `The ${done} before it of ${all} are in force.`;
