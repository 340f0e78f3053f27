/** `mcp:configure`: put the policies of a file in force, all of them or none, once their difference has been seen. */

import type { Command } from 'commander';
import type { AppliedPolicy } from '../../sdk/index.js';
import { CommandFailed } from '../command-errors.js';
import type { Io } from '../io.js';
import { difference, isChange, summary } from '../policy-difference.js';
import { readPolicies } from '../policy-file.js';

interface ConfigureOptions {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function registerConfigure(program: Command, io: Io): void {
  program
    .command('mcp:configure')
    .description('set policies from a file; each replaces the one of its pattern')
    .requiredOption('-f, --file <file>', 'YAML: a list of policies; - for stdin')
    .option('--dry-run', 'only show what would change')
    .option('--prune', 'remove every policy that the file does not name')
    .option('--yes', 'do not ask before changing anything')
    .option('--json', 'as JSON')
    .action((options: ConfigureOptions) => configure(io, options));
}

async function configure(io: Io, { file, dryRun, prune, yes, json }: ConfigureOptions) {
  const { policies, sent } = await readPolicies(file, io.input);
  const { mcp } = io.client();
  const set = { policies: [...policies], ...(prune && { prune }) };
  const planned = await sent(mcp.applyPolicies({ ...set, dryRun: true }));
  const settled = dryRun || !planned.some(isChange);
  if (settled && json) return io.json(planned);
  const asks = io.interactive && !yes && !settled;
  if (asks || !json) (json ? io.err : io.out)(difference(planned));
  if (settled) return io.err(dryRun ? 'Nothing was changed.' : 'There is nothing to change.');
  if (asks) await confirm(io);
  const applied = await sent(mcp.applyPolicies(set));
  if (json) return io.json(applied);
  io.err(`Done: ${summary(applied)}`);
  const late = surprises(planned, applied);
  if (late.length > 0) io.out(`\nSince then:\n${difference(late)}`);
}

async function confirm(io: Io): Promise<void> {
  const answer = await io.ask('Apply these changes? [y/N] ');
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed('Nothing was changed.');
}

/** What was not as it had been shown: somebody else changed it in between, or Slack was asked about a name only now. */
function surprises(planned: readonly AppliedPolicy[], applied: readonly AppliedPolicy[]) {
  const shown = new Map(planned.map((policy) => [policy.uri, JSON.stringify(policy)]));
  return applied.filter((policy) => shown.get(policy.uri) !== JSON.stringify(policy));
}
