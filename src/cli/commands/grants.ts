/** `mcp:grants`: lists grants, with the command that revokes one. */

import type { Command } from 'commander';
import type { Grant } from '../../sdk/index.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';
import { listLimit, sayIfCut } from '../limit-option.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<Grant>[] = [
  { header: 'id', cell: ({ id }) => id },
  { header: 'status', cell: ({ status }) => status },
  { header: 'access', cell: ({ operation, resources }) => `${operation} ${resources.join(', ')}` },
  { header: 'key', cell: ({ holder }) => holder && `${holder.name} (${holder.owner})` },
  { header: 'ends', cell: ({ endsAt }) => formatTime(endsAt) },
  { header: 'uses', cell: ({ uses, maxUses }) => (maxUses ? `${uses} of ${maxUses}` : uses) },
];

export function registerGrants(program: Command, io: Io): void {
  program
    .command('mcp:grants')
    .description('list active grants: your own, or all grants for admins and auditors')
    .option('--all', 'include grants that have ended')
    .addOption(listLimit())
    .option('--json', 'print JSON')
    .action(async ({ all, limit, json }) => {
      const listed = await io.client().mcp.listGrants({ active: !all, limit });
      sayIfCut(io, listed, limit);
      if (json) return io.json(listed);
      if (listed.length === 0) return io.err('No grants.');
      io.table(listed, COLUMNS);
      if (listed.some(({ status }) => status === 'active'))
        io.err('\nTo revoke a grant: vsecure mcp:revoke <id> --reason "…"');
    });
}
