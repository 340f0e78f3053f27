/** `mcp:explain`: what would happen if somebody asked. */

import { Argument, type Command } from 'commander';
import { operation } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type { Explanation } from '../../sdk/index.js';
import { fieldList } from '../field-list.js';
import type { Io } from '../io.js';

const OUTCOMES: Record<Explanation['outcome'], string> = {
  asked: 'a person is asked',
  granted: 'granted at once',
  refused: 'refused',
};

export function registerExplain(program: Command, io: Io): void {
  program
    .command('mcp:explain')
    .argument('<resource>', 'a resource or pattern, like production/DATABASE_URL')
    .addArgument(new Argument('<operation>', 'what for').choices(operation.options))
    .description('say what would happen if this were asked; asks nobody')
    .option('--as <key>', 'asked by another key, by its name')
    .option('--at <time>', 'asked at another time, like 2026-05-01T22:00:00Z')
    .option('--duration <duration>', 'asked for so long, like 30m')
    .option('--json', 'as JSON')
    .action(async (resource, wanted, { as, at, duration, json }) => {
      const explained = await io.client().mcp.explainAccess({
        resource: fullUri(resource),
        operation: wanted,
        as,
        at,
        duration,
      });
      if (json) io.json(explained);
      else io.out(describe(explained));
    });
}

function describe(found: Explanation): string {
  const { outcome, code, why, requester, policy, deciding, limits } = found;
  return fieldList([
    ['Outcome', code ? `${OUTCOMES[outcome]} (${code})` : OUTCOMES[outcome]],
    ['Why', why],
    ['Asked', `${found.operation} ${found.resource}`],
    ['By', requester],
    ['Conditions', conditions(found)],
    ['For', found.duration],
    ['By default', found.defaultDuration],
    ['At most', found.maxDuration],
    ['Reason', reason(found)],
    ['Policy', policy && `${policy.name} (${policy.uri}), version ${policy.version}`],
    ['Approvers', deciding?.approvers.join(', ')],
    ['Approvals', deciding && String(deciding.minApprovals)],
    ['Then', deciding?.escalateTo && escalation(deciding)],
    ['Pending', limits && `${limits.pending} of at most ${limits.maxPending}`],
    ['Last hour', limits && `${limits.lastHour} of at most ${limits.maxPerHour}`],
  ]);
}

function conditions({ conditions: report }: Explanation): readonly string[] | undefined {
  return (
    report && [
      ...report.held.map(({ condition, text }) => `holds: ${condition}, ${text}`),
      ...report.failed.map(({ condition, text }) => `fails: ${condition}, ${text}`),
    ]
  );
}

function reason({ maxDuration, minReasonLength }: Explanation): string | undefined {
  if (maxDuration === undefined) return undefined;
  return minReasonLength === undefined ? 'not needed' : `at least ${minReasonLength} characters`;
}

const escalation = ({
  escalateTo = [],
  escalateAfter = '',
}: NonNullable<Explanation['deciding']>) => `${escalateTo.join(', ')} after ${escalateAfter}`;
