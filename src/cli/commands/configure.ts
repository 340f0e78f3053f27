/** `mcp:configure`: show the difference that the policies of a file make, then put all of them in force or none. */

import type { Command } from 'commander';
import type { AppliedPolicy } from '../../sdk/index.js';
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
    .description('set policies from a file; each replaces the policy of its pattern')
    .requiredOption('-f, --file <file>', 'YAML: a list of policies; - for stdin')
    .option('--dry-run', 'only show what would change')
    .option('--prune', 'remove every policy that the file does not name')
    .option('--yes', 'do not ask; required without a terminal when a change loosens')
    .option('--json', 'as JSON')
    .action((options: ConfigureOptions) => configure(io, options));
}

async function configure(io: Io, { file, dryRun, prune, yes, json }: ConfigureOptions) {
  const { policies, sent } = await readPolicies(file, io.input);
  const { mcp } = io.client();
  const set = { policies: [...policies], ...(prune && { prune }) };
  const planned = await sent(mcp.applyPolicies({ ...set, dryRun: true }));
  const finished = dryRun || !planned.some(isChange);
  if (finished && json) return io.json(planned);
  // A script may tighten; only a person, or --yes, may loosen.
  const loosens = planned.some((policy) => policy.loosens.length > 0);
  const asks = !finished && !yes && (io.interactive || loosens);
  if (asks || !json) (json ? io.err : io.out)(difference(planned));
  if (finished) return io.err(dryRun ? 'Nothing was changed.' : 'There is nothing to change.');
  if (asks)
    await io.confirm({ question: 'Apply these changes?', yes, unchanged: 'Nothing was changed.' });
  const applied = await sent(mcp.applyPolicies(set));
  if (json) return io.json(applied);
  io.err(`Done: ${summary(applied)}`);
  const differing = differingFrom(planned, applied);
  if (differing.length > 0) io.out(`\nDifferent from the plan:\n${difference(differing)}`);
}

/** Policies that differ from the plan: another person changed them in between, or Slack has now resolved an approver. */
function differingFrom(planned: readonly AppliedPolicy[], applied: readonly AppliedPolicy[]) {
  const shown = new Map(planned.map((policy) => [policy.uri, JSON.stringify(policy)]));
  return applied.filter((policy) => shown.get(policy.uri) !== JSON.stringify(policy));
}
