/** `mcp:resources`: the policies in force. */

import type { Command } from 'commander';
import type { Policy } from '../../sdk/index.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<Policy>[] = [
  { header: 'resource', cell: ({ uri }) => uri },
  { header: 'name', cell: ({ name, uri }) => (name === uri ? undefined : name) },
  { header: 'permits', cell: ({ permissions }) => permissions.join(', ') || 'nothing' },
  { header: 'approval', cell: ({ requiresApproval }) => (requiresApproval ? 'required' : 'none') },
  { header: 'at once when', cell: atOnceWhen },
  { header: 'requesters', cell: ({ requesters }) => requesters?.join(', ') ?? 'everyone' },
  { header: 'approvers', cell: ({ approvers }) => approvers?.join(', ') ?? 'inherited' },
  { header: 'votes', cell: ({ minApprovals }) => minApprovals },
  { header: 'default', cell: ({ defaultDuration }) => defaultDuration },
  { header: 'maximum', cell: ({ maxDuration }) => maxDuration },
  { header: 'version', cell: ({ version }) => version },
];

export function registerResources(program: Command, io: Io): void {
  program
    .command('mcp:resources')
    .description('list the policies in force')
    .option('--json', 'as JSON')
    .action(async ({ json }) => {
      const policies = await io.client().mcp.listResources();
      if (json) return io.json(policies);
      if (policies.length > 0) return io.table(policies, COLUMNS);
      io.err('There is no policy yet, so nothing can be asked for. Set some with mcp:configure.');
    });
}

/** The conditions of auto-approval, all of which must hold. */
function atOnceWhen({ autoApprove }: Policy): string | undefined {
  if (!autoApprove?.enabled) return undefined;
  const conditions = Object.entries(autoApprove.conditions).map(
    ([name, value]) => `${name} ${[value].flat().join(' or ')}`,
  );
  return conditions.join(', ') || 'always';
}
