/** `mcp:simulate`: replay past requests under the policies of a file. */

import type { Command } from 'commander';
import type { ReplayedRequest, Simulation } from '../../sdk/index.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';
import { readPolicies } from '../policy-file.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<ReplayedRequest>[] = [
  { header: 'id', cell: ({ approval }) => approval },
  { header: 'at', cell: ({ at }) => formatTime(at) },
  { header: 'key', cell: ({ requester }) => requester },
  { header: 'request', cell: ({ operation, resources }) => `${operation} ${resources.join(', ')}` },
  { header: 'was', cell: recorded },
  { header: 'would be', cell: proposed },
];

export function registerSimulate(program: Command, io: Io): void {
  program
    .command('mcp:simulate')
    .description('replay past requests under the policies of a file; changes nothing')
    .requiredOption('-f, --file <file>', 'YAML: a list of policies; - for stdin')
    .option('--since <time>', 'like 30d (ago) or 2026-05-01', '30d')
    .option('--prune', 'as if every other policy were removed')
    .option('--json', 'as JSON')
    .action(async ({ file, since, prune, json }) => {
      const { policies, sent } = await readPolicies(file, io.input);
      const proposal = { policies: [...policies], since, ...(prune && { prune: true }) };
      const { mcp } = io.client();
      const progress = io.progress('Replaying past requests');
      const found = await sent(mcp.simulatePolicies(proposal)).finally(progress.end);
      if (json) return io.json(found);
      io.out(describe(found));
      if (found.changes.length > 0) {
        io.out('');
        io.table(byDanger(found.changes), COLUMNS);
      }
      if (found.unlisted > 0)
        io.err(`\n${found.unlisted} more would change: choose a later --since.`);
    });
}

function describe(found: Simulation): string {
  const { replayed, unchanged, askedToGranted, grantedThoughDenied, grantedToAsked } = found;
  return [
    `${replayed} requests since ${formatTime(found.since)}; ${unchanged} would end the same way.`,
    `${askedToGranted} went to a person and would be granted at once; a person denied ${grantedThoughDenied} of them.`,
    `${grantedToAsked} were granted at once and would go to a person.`,
    `${found.refused} would be refused.`,
  ].join('\n');
}

/** Requests that a person denied come first. */
function byDanger(changes: readonly ReplayedRequest[]): readonly ReplayedRequest[] {
  const worst = changes.filter(wasDenied);
  return [...worst, ...changes.filter((change) => !wasDenied(change))];
}

const wasDenied = ({ status, proposed: then }: ReplayedRequest) =>
  status === 'denied' && then === 'granted';

function recorded({ recorded: then, status }: ReplayedRequest): string {
  return then === 'granted' ? 'granted at once' : `went to a person: ${status}`;
}

function proposed({ proposed: then, code }: ReplayedRequest): string {
  if (then === 'refused') return `refused: ${code}`;
  return then === 'granted' ? 'granted at once' : 'goes to a person';
}
