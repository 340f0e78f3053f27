/** `mcp:explain`: what would happen to a request. */

import { Argument, type Command } from 'commander';
import { operation } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type { Explanation } from '../../sdk/index.js';
import { fieldList } from '../field-list.js';
import type { Io } from '../io.js';

const OUTCOMES: Record<Explanation['outcome'], string> = {
  asked: 'a person decides',
  granted: 'granted at once',
  refused: 'refused',
};

export function registerExplain(program: Command, io: Io): void {
  program
    .command('mcp:explain')
    .argument('<resource>', 'a resource or pattern, like production/DATABASE_URL')
    .addArgument(new Argument('<operation>', 'the operation').choices(operation.options))
    .description('show what would happen to this request, without sending it')
    .option('--as <key>', 'as another key, by its name')
    .option('--at <time>', 'at another time, like 2026-05-01T22:00:00Z')
    .option('--duration <duration>', 'for this duration, like 30m')
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
    ['Request', `${found.operation} ${found.resource}`],
    ['Requester', requester],
    ['Conditions', conditions(found)],
    ['Duration', found.duration],
    ['Default', found.defaultDuration],
    ['Maximum', found.maxDuration],
    ['Reason', reason(found)],
    ['Policy', policy && `${policy.name} (${policy.uri}), version ${policy.version}`],
    ['Approvers', deciding?.approvers.join(', ')],
    ['Approvals', deciding && String(deciding.minApprovals)],
    ['Escalation', deciding?.escalateTo && escalation(deciding)],
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
