/** `mcp:resources`: lists the policies. */

import type { Command } from 'commander';
import type { Policy } from '../../sdk/index.js';
import type { Io } from '../io.js';
import type { Column } from '../table.js';

const COLUMNS: readonly Column<Policy>[] = [
  { header: 'resource', cell: ({ uri }) => uri },
  { header: 'name', cell: ({ name, uri }) => (name === uri ? undefined : name) },
  { header: 'operations', cell: ({ permissions }) => permissions.join(', ') || 'nothing' },
  { header: 'approval', cell: ({ requiresApproval }) => (requiresApproval ? 'required' : 'none') },
  { header: 'auto-approved when', cell: autoApprovedWhen },
  { header: 'requesters', cell: ({ requesters }) => requesters?.join(', ') ?? 'everyone' },
  { header: 'approvers', cell: ({ approvers }) => approvers?.join(', ') ?? 'inherited' },
  { header: 'approvals needed', cell: ({ minApprovals }) => minApprovals },
  { header: 'default duration', cell: ({ defaultDuration }) => defaultDuration },
  { header: 'maximum duration', cell: ({ maxDuration }) => maxDuration },
  { header: 'version', cell: ({ version }) => version },
];

const HELP = `
Each line is one policy. A secret that no policy covers cannot be requested. Where several cover a secret, the most specific one decides.
To change policies: vsecure mcp:configure. To see what would happen to one request: vsecure mcp:explain.`;

export function registerResources(program: Command, io: Io): void {
  program
    .command('mcp:resources')
    .description('list the policies: which secrets can be requested, and who approves')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }) => {
      const policies = await io.client().mcp.listResources();
      if (json) return io.json(policies);
      if (policies.length > 0) return io.table(policies, COLUMNS);
      io.err(
        'No policies yet, so no access can be requested. To set policies: vsecure mcp:configure',
      );
    });
}

/** The auto-approval conditions, all of which must be true. */
function autoApprovedWhen({ autoApprove }: Policy): string | undefined {
  if (!autoApprove?.enabled) return undefined;
  const conditions = Object.entries(autoApprove.conditions).map(
    ([name, value]) => `${name} ${[value].flat().join(' or ')}`,
  );
  return conditions.join(', ') || 'always';
}
