/** `mcp:approvals`: lists requests, with the command that decides each pending one. */

import { type Command, Option } from 'commander';
import { approvalStatus } from '../../contract/fields.js';
import type { Approval } from '../../sdk/index.js';
import { formatTime } from '../field-list.js';
import type { Io } from '../io.js';
import { listLimit } from '../limit-option.js';
import { printSlackStatus } from '../slack-status.js';
import type { Column, Tone } from '../table.js';

const TONES: Readonly<Record<string, Tone>> = { pending: 'open', approved: 'good', denied: 'bad' };

const COLUMNS: readonly Column<Approval>[] = [
  { header: 'id', cell: ({ id }) => id },
  { header: 'status', cell: ({ status }) => status, tone: ({ status }) => TONES[status] },
  { header: 'access', cell: ({ operation, resources }) => `${operation} ${resources.join(', ')}` },
  { header: 'for', cell: ({ granted, duration }) => granted ?? duration },
  { header: 'key', cell: ({ requester }) => `${requester.name} (${requester.owner})` },
  { header: 'requested', cell: ({ asked }) => (asked === 1 ? 'once' : `${asked} times`) },
  { header: 'expires', cell: ({ expiresAt }) => formatTime(expiresAt) },
];

export function registerApprovals(program: Command, io: Io): void {
  program
    .command('mcp:approvals')
    .description('list requests for access')
    .addOption(
      new Option('--status <status>', 'only requests with this status').choices(
        approvalStatus.options,
      ),
    )
    .addOption(listLimit())
    .option('--json', 'print JSON')
    .action(async ({ status, limit, json }) => {
      const listed = await io.client().mcp.listApprovals({ status, limit });
      if (json) return io.json(listed);
      if (listed.length === 0) return io.err('No requests.');
      io.table(listed, COLUMNS);
      const pending = listed.filter((approval) => approval.status === 'pending');
      if (pending.length > 0) io.err('\nTo decide:');
      for (const { id } of pending) io.err(`  vsecure mcp:approve ${id}`);
      if (listed.length === limit) io.err('There may be more. Use --limit to see them.');
      if (pending.length > 0) await printSlackStatus(io);
    });
}
