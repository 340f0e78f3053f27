/** `mcp:configure`: shows the difference that the policies of a file make, then puts all of them in force or none. */

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

const HELP = `
A policy file looks like this (docs/policies.md lists all fields):

  - uri: production/*                  # the secrets that the policy covers
    name: Production secrets
    approvers: [alice@example.com]     # any of them can approve a request
    maxDuration: 2h                    # the longest time that a grant lasts

The command shows every difference, what loosens first, and asks before it changes anything. It applies all policies of the file or none.
A policy in the file replaces the policy with the same uri: fields that the file leaves out return to their defaults.
Policies that the file does not contain stay as they are.`;

export function registerConfigure(program: Command, io: Io): void {
  program
    .command('mcp:configure')
    .description('set the policies in a file: who may request what, and who approves it')
    .requiredOption('-f, --file <file>', 'YAML file with a list of policies; - reads stdin')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--prune', 'also remove every policy that the file does not contain')
    .option('--yes', 'do not ask; required without a terminal when a change loosens')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
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
