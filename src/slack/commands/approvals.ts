/** `/vsecure approvals`: lists requests. */

import { approvalId } from '../../contract/fields.js';
import type { Approval } from '../../domain/approval.js';
import { formatDuration } from '../../domain/duration.js';
import { ok } from '../../domain/result.js';
import { APPROVAL_STATUSES } from '../../domain/vocabulary.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import { shortNames } from '../format/resource-names.js';
import type { Cell } from './answer.js';
import { optional, readWord } from './argument-values.js';
import { type Command, ROWS } from './command.js';

export interface ApprovalsParts {
  readonly viewApprovals: Pick<ViewApprovals, 'list' | 'one'>;
}

const HEAD = ['Requested', 'Access', 'Requester', 'Status', 'Expires', 'ID'];

export const createApprovalsCommand = ({ viewApprovals }: ApprovalsParts): Command => ({
  name: 'approvals',
  usage: '[--status pending]',
  summary: 'list requests, newest first',
  examples: ['approvals', 'approvals --status pending', 'approvals --status denied'],
  words: 0,
  flags: { status: 'pending' },
  pages: true,
  async answer({ flags, after, who }) {
    const status = optional(flags.get('status'), readWord('status', APPROVAL_STATUSES));
    if (!status.ok) return status;
    const person = await who();
    if (!person.ok) return person;
    const page = { limit: ROWS, after: approvalId.safeParse(after).data };
    const listed = await viewApprovals.list(person.value, { status: status.value }, page);
    if (!listed.ok) return listed;
    const { items, next } = listed.value;
    const kind = status.value ? `${status.value} requests` : 'requests';
    const title = items.length === 0 ? `No ${kind} that you may see.` : `Newest ${kind}`;
    const note = 'To decide, use the cards or the Home tab of this app.';
    return ok({ title, table: { head: HEAD, rows: items.map(row) }, note, next });
  },
});

function row(approval: Approval): readonly Cell[] {
  const { createdAt, operation, resources, requester, status, expiresAt, id } = approval;
  const duration = status === 'approved' ? approval.granted : approval.duration;
  return [
    createdAt,
    `${operation} ${shortNames(resources)}, ${formatDuration(duration)}`,
    `${requester.name} of ${requester.ownerEmail}`,
    status,
    status === 'pending' ? expiresAt : undefined,
    id,
  ];
}
