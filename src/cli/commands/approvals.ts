/** `mcp:approvals`: lists requests, with the command that decides each pending one. */

import { type Command, Option } from 'commander';
import { approvalStatus } from '../../contract/fields.js';
import type { Approval, VSecureClient } from '../../sdk/index.js';
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

/** How far the command counts what it does not show. */
const COUNTED_MAX = 1000;

/** At most `most` requests. Pending ones come first, so that no limit hides a request that waits for a decision. */
async function findRequests(
  { listApprovals }: VSecureClient['mcp'],
  status: Approval['status'] | undefined,
  most: number,
): Promise<readonly Approval[]> {
  if (status !== undefined) return listApprovals({ status, limit: most });
  const pending = await listApprovals({ status: 'pending', limit: most });
  const waiting = new Set(pending.map(({ id }) => id));
  const all = await listApprovals({ limit: most });
  return [...pending, ...all.filter(({ id }) => !waiting.has(id))].slice(0, most);
}

function sayCut(io: Io, more: number, limit: number): void {
  if (more <= 0) return;
  const count = more < COUNTED_MAX ? `${more}` : `At least ${more}`;
  io.err(`\n${count} more. To see them: vsecure mcp:approvals --limit ${limit + more}`);
}

export function registerApprovals(program: Command, io: Io): void {
  program
    .command('mcp:approvals')
    .description('list requests for access: pending ones first, then newest first')
    .addOption(
      new Option('--status <status>', 'only requests with this status').choices(
        approvalStatus.options,
      ),
    )
    .addOption(listLimit())
    .option('--json', 'print JSON')
    .action(async ({ status, limit, json }) => {
      const found = await findRequests(io.client().mcp, status, limit + COUNTED_MAX);
      const listed = found.slice(0, limit);
      if (json) {
        sayCut(io, found.length - limit, limit);
        return io.json(listed);
      }
      if (listed.length === 0) return io.err('No requests.');
      io.table(listed, COLUMNS);
      sayCut(io, found.length - limit, limit);
      const pending = listed.filter((approval) => approval.status === 'pending');
      if (pending.length > 0) io.err('\nTo decide:');
      for (const { id } of pending) io.err(`  vsecure mcp:approve ${id}`);
      if (pending.length > 0) await printSlackStatus(io);
    });
}
