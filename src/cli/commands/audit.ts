/** `mcp:audit`: shows audit events, or counts them. */

import { type Command, Option } from 'commander';
import { eventType } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type { AuditEvent, AuditQuery, FollowQuery, ResourceCount } from '../../sdk/index.js';
import { bar } from '../bar-chart.js';
import { UsageError } from '../command-errors.js';
import type { Io } from '../io.js';
import { listLimit, sayIfCut } from '../limit-option.js';
import type { Column } from '../table.js';
import { escapeText } from '../terminal-text.js';

const EVENTS: readonly Column<AuditEvent>[] = [
  { header: 'time (UTC)', cell: ({ at }) => at.replace('T', ' ').slice(0, 19) },
  { header: 'action', cell: ({ type }) => type },
  { header: 'actor', cell: ({ actor }) => actorText(actor) },
  { header: 'entry point', cell: ({ door }) => door },
  { header: 'what', cell: ({ summary }) => summary },
  { header: 'resources', cell: ({ resources }) => resources?.join(', ') },
  { header: 'approval or grant', cell: ({ approval, grant }) => approval ?? grant },
  { header: 'refused', cell: ({ refusal }) => refusal },
  { header: 'reason', cell: ({ reason }) => reason },
];

/** `claude-desktop (agent key of bob@example.com)`; a person's address stands alone. */
const actorText = ({ name, class: keyClass, owner }: AuditEvent['actor']) =>
  owner === undefined ? name : `${name} (${keyClass} key of ${owner})`;

export function registerAudit(program: Command, io: Io): void {
  program
    .command('mcp:audit')
    .description('show the audit trail, newest event first, or count events per resource')
    .option('--since <time>', 'start: 24h (ago), 2026-05-01 or 2026-05-01T09:00:00Z')
    .option('--until <time>', 'end, in the same format')
    .option('--resource <resource>', 'resource or pattern, like "production/*"')
    .option('--actor <name>', 'API key name, or e-mail address of a person')
    .addOption(
      new Option('--action <action>', 'only events of this type').choices(eventType.options),
    )
    .addOption(groupBy())
    .addOption(listLimit())
    .option('--follow', 'keep showing new events until Ctrl-C')
    .option('--json', 'print JSON; with --follow, one event per line')
    .action(async ({ resource, action, groupBy, follow, json, ...rest }) => {
      const { auditLogs } = io.client().mcp;
      const filter: AuditQuery = { ...rest, type: action, resource: resource && fullUri(resource) };
      const shown = { json, limit: rest.limit };
      if (follow) await followTrail(io, filter, { json, groupBy });
      else if (groupBy)
        show(io, await auditLogs({ ...filter, groupBy: 'resource' }), countColumns, shown);
      else show(io, await auditLogs(filter), () => EVENTS, shown);
    });
}

const groupBy = () =>
  new Option('--group-by <field>', 'count events per resource, most used first').choices([
    'resource',
  ]);

/** Adds a bar to each row, so that outliers stand out. */
function countColumns(counts: readonly ResourceCount[]): readonly Column<ResourceCount>[] {
  const most = Math.max(...counts.map(({ count }) => count));
  return [
    { header: 'resource', cell: ({ resource }) => resource },
    { header: 'count', cell: ({ count }) => count },
    { header: '', cell: ({ count }) => bar(count, most) },
  ];
}

function show<T>(
  io: Io,
  found: readonly T[],
  columnsFor: (found: readonly T[]) => readonly Column<T>[],
  { json, limit }: { readonly json?: boolean; readonly limit: number },
): void {
  if (json) io.json(found);
  else if (found.length > 0) io.table(found, columnsFor(found));
  else io.err('No matching events.');
  sayIfCut(io, found, limit);
}

/** Prints each new event on its own line, so that the output can be piped. */
async function followTrail(
  io: Io,
  { until, limit: _, ...query }: AuditQuery,
  { json, groupBy }: { readonly json?: boolean; readonly groupBy?: string },
): Promise<void> {
  if (until !== undefined)
    throw new UsageError('--follow never ends, so it cannot be combined with --until.');
  if (groupBy !== undefined)
    throw new UsageError('--follow shows single events, so it cannot be combined with --group-by.');
  const from: FollowQuery = query;
  for await (const event of io.client().mcp.followAudit(from))
    io.out(json ? JSON.stringify(event) : line(event));
}

const line = (event: AuditEvent) =>
  EVENTS.map(({ cell }) => cell(event))
    .filter((text) => text !== undefined)
    .map((text) => escapeText(String(text)))
    .join('  ');
