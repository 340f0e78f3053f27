/** `mcp:audit`: what happened. */

import { type Command, Option } from 'commander';
import { eventType } from '../../contract/fields.js';
import { fullUri } from '../../contract/short-name.js';
import type { AuditEvent } from '../../sdk/index.js';
import type { Io } from '../io.js';
import { type Column, table } from '../table.js';
import { listLimit } from './list-limit.js';

const COLUMNS: readonly Column<AuditEvent>[] = [
  { head: 'at (UTC)', cell: ({ at }) => at.replace('T', ' ').slice(0, 19) },
  { head: 'action', cell: ({ type }) => type },
  { head: 'by', cell: ({ actor }) => actor.name },
  { head: 'through', cell: ({ door }) => door },
  { head: 'resources', cell: ({ resources }) => resources?.join(', ') },
  { head: 'about', cell: ({ approval, grant }) => approval ?? grant },
  { head: 'refused', cell: ({ refusal }) => refusal },
  { head: 'reason', cell: ({ reason }) => reason },
];

export function registerAudit(program: Command, io: Io): void {
  program
    .command('mcp:audit')
    .description('show what happened, newest first')
    .option('--since <time>', 'like 24h (ago), 2026-05-01 or 2026-05-01T09:00:00Z')
    .option('--until <time>', 'the same')
    .option('--resource <resource>', 'a resource or pattern, like "production/*"')
    .option('--actor <name>', 'a key’s name or a person’s e-mail')
    .addOption(new Option('--action <action>', 'what was done').choices(eventType.options))
    .addOption(listLimit())
    .option('--json', 'as JSON')
    .action(async ({ since, until, resource, actor, action, limit, json }) => {
      const events = await io.client().mcp.auditLogs({
        since,
        until,
        actor,
        type: action,
        limit,
        resource: resource && fullUri(resource),
      });
      if (json) io.json(events);
      else if (events.length > 0) io.out(table(events, COLUMNS));
      else io.err('Nothing of that kind is on record.');
      if (events.length === limit) io.err('There may be more: see --limit.');
    });
}
