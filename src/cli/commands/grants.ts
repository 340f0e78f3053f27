/** `mcp:grants`: who may use what now, and the command to end it. */

import type { Command } from 'commander';
import type { Grant } from '../../sdk/index.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';
import { listLimit } from '../limit-option.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<Grant>[] = [
  { header: 'id', cell: ({ id }) => id },
  { header: 'status', cell: ({ status }) => status },
  { header: 'allows', cell: ({ operation, resources }) => `${operation} ${resources.join(', ')}` },
  { header: 'until', cell: ({ endsAt }) => formatTime(endsAt) },
  { header: 'uses', cell: ({ uses, maxUses }) => (maxUses ? `${uses} of ${maxUses}` : uses) },
];

export function registerGrants(program: Command, io: Io): void {
  program
    .command('mcp:grants')
    .description('list grants in force: your own, or everybody’s for admins and auditors')
    .option('--all', 'those that have ended, too')
    .addOption(listLimit())
    .option('--json', 'as JSON')
    .action(async ({ all, limit, json }) => {
      const listed = await io.client().mcp.listGrants({ active: !all, limit });
      if (json) return io.json(listed);
      if (listed.length === 0) return io.err('There is no grant.');
      io.table(listed, COLUMNS);
      if (listed.some(({ status }) => status === 'active'))
        io.err('\nTo end one: vsecure mcp:revoke <id> --reason "…"');
      if (listed.length === limit) io.err('There may be more: see --limit.');
    });
}
