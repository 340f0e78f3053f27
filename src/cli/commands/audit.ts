/** `mcp:audit`: shows, counts or exports audit events. */

import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { auditGrouping, entryPoint, verdict } from '../../contract/audit.js';
import { eventType } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type {
  AuditEvent,
  AuditQuery,
  FollowQuery,
  GroupCount,
  ResourceCount,
} from '../../sdk/index.js';
import { exportCsv, exportJsonLines } from '../audit-export.js';
import { bar } from '../bar-chart.js';
import type { Io } from '../io.js';
import { listLimit, sayIfCut } from '../limit-option.js';
import type { Column } from '../table.js';
import { escapeText, quoted } from '../terminal-text.js';

/** The newest event has the highest number. Events of one transaction have the same time. */
const EVENTS: readonly Column<AuditEvent>[] = [
  { header: 'event', cell: ({ sequence }) => sequence },
  { header: 'time (UTC)', cell: ({ at }) => at.replace('T', ' ').slice(0, 19) },
  { header: 'action', cell: ({ type }) => type },
  { header: 'actor', cell: ({ actor }) => actorText(actor) },
  { header: 'entry point', cell: ({ door }) => door },
  { header: 'what', cell: ({ summary }) => summary },
  { header: 'resources', cell: ({ resources }) => resources?.join(', ') },
  { header: 'approval or grant', cell: ({ approval, grant }) => approval ?? grant },
  { header: 'refused', cell: ({ refusal }) => refusal },
  { header: 'reason', cell: reasonText },
];

/** Quoted, so that no text looks like a further field. A person's key is the person. */
function reasonText({ reason, actor }: AuditEvent): string | undefined {
  if (!reason?.trim()) return undefined;
  const isPerson = actor.kind !== 'key' || actor.class === 'human';
  return isPerson ? quoted(reason) : `unverified: ${quoted(reason)}`;
}

/** `claude-desktop (agent key of bob@example.com)`; a person's address stands alone. */
const actorText = ({ name, class: keyClass, owner }: AuditEvent['actor']) =>
  owner === undefined ? name : `${name} (${keyClass} key of ${owner})`;

const HELP = `
--csv prints all events of the filter for a spreadsheet, unless --limit is given. A cell that begins like a formula gets an apostrophe.

--jsonl prints the whole trail, oldest event first, one JSON object a line: sequence, canonical (the bytes that were hashed), hash, and
previous (the hash of the event before). mcp:audit:verify checks the same chain. docs/cli.md says how to compute it.`;

export function registerAudit(program: Command, io: Io): void {
  program
    .command('mcp:audit')
    .description('show the audit trail, newest event first; count or export its events')
    .option('--since <time>', 'start: 24h (ago), 2026-05-01 or 2026-05-01T09:00:00Z')
    .option('--until <time>', 'end, in the same format')
    .option('--resource <resource>', 'resource or pattern, like "production/*"')
    .option('--actor <name>', 'API key name, or e-mail address of a person')
    .addOption(
      new Option('--action <action>', 'only events of this type').choices(eventType.options),
    )
    .addOption(
      new Option('--verdict <verdict>', 'only votes, decisions and refused attempts').choices(
        verdict.options,
      ),
    )
    .addOption(
      new Option('--entry-point <entry point>', 'where the actor did it').choices(
        entryPoint.options,
      ),
    )
    .addOption(
      new Option('--group-by <field>', 'count events; per resource, how often it was used').choices(
        auditGrouping.options,
      ),
    )
    .addOption(listLimit())
    .addOption(
      new Option('--follow', 'keep showing new events until Ctrl-C').conflicts([
        'until',
        'groupBy',
        'limit',
      ]),
    )
    .option('--json', 'print JSON; with --follow, one event per line')
    .addOption(new Option('--csv', 'print CSV').conflicts(['json', 'follow', 'groupBy']))
    .addOption(
      new Option('--jsonl', 'print the whole chain as JSON Lines').conflicts(NARROWED_OR_OTHER),
    )
    .addHelpText('after', HELP)
    .action(async ({ resource, action, groupBy, follow, json, csv, jsonl, ...rest }, command) => {
      const filter: AuditQuery = { ...rest, type: action, resource: resource && fullUri(resource) };
      const all = command.getOptionValueSource('limit') === 'default';
      if (jsonl) await exportJsonLines(io);
      else if (csv) await exportCsv(io, { ...filter, limit: all ? undefined : rest.limit });
      else if (follow) await followTrail(io, filter, json);
      else await show(io, filter, { groupBy, json, limit: rest.limit });
    });
}

/** Every option that would leave out events, or print something else. */
const NARROWED_OR_OTHER = [
  'since',
  'until',
  'resource',
  'actor',
  'action',
  'verdict',
  'entryPoint',
  'groupBy',
  'limit',
  'follow',
  'json',
  'csv',
];

interface Shown {
  readonly groupBy?: z.output<typeof auditGrouping>;
  readonly json?: boolean;
  readonly limit: number;
}

async function show(io: Io, filter: AuditQuery, { groupBy, ...shown }: Shown): Promise<void> {
  const { auditLogs } = io.client().mcp;
  if (groupBy === undefined) return print(io, await auditLogs(filter), () => EVENTS, shown);
  const counts =
    groupBy === 'resource'
      ? await auditLogs({ ...filter, groupBy })
      : await auditLogs({ ...filter, groupBy });
  print<ResourceCount | GroupCount>(io, counts, countColumns(groupBy), shown);
}

/** Adds a bar to each row, so that outliers stand out. */
const countColumns =
  (groupBy: string) =>
  (
    counts: readonly (ResourceCount | GroupCount)[],
  ): readonly Column<ResourceCount | GroupCount>[] => {
    const most = Math.max(...counts.map(({ count }) => count));
    return [
      {
        header: groupBy === 'hour' ? 'hour (UTC)' : groupBy,
        cell: (one) => ('resource' in one ? one.resource : one.name),
      },
      { header: 'count', cell: ({ count }) => count },
      { header: '', cell: ({ count }) => bar(count, most) },
    ];
  };

function print<T>(
  io: Io,
  found: readonly T[],
  columnsFor: (found: readonly T[]) => readonly Column<T>[],
  { json, limit }: Omit<Shown, 'groupBy'>,
): void {
  if (json) io.json(found);
  else if (found.length > 0) io.table(found, columnsFor(found));
  else io.err('No matching events.');
  sayIfCut(io, found, limit);
}

/** Prints each new event on its own line, so that the output can be piped. */
async function followTrail(
  io: Io,
  { until: _, limit: __, ...query }: AuditQuery,
  json: boolean | undefined,
): Promise<void> {
  const from: FollowQuery = query;
  for await (const event of io.client().mcp.followAudit(from))
    if (json) io.jsonLine(event);
    else io.out(line(event));
}

const line = (event: AuditEvent) =>
  EVENTS.map(({ cell }) => cell(event))
    .filter((text) => text !== undefined)
    .map((text) => escapeText(String(text)))
    .join('  ');
