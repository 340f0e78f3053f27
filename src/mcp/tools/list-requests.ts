/** `list-requests`: what the caller asked for, and what became of it. */

import { z } from 'zod';
import { approvalId, approvalStatus, operation, timestamp, uri } from '../../contract/fields.js';
import type { Approval } from '../../domain/approval.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import { defineTool } from '../tool.js';
import { nextCursor, pageShape } from './page-schema.js';

const input = z.strictObject({
  status: approvalStatus.optional().describe('Only those that stand like this. Default: all.'),
  ...pageShape,
});

const request = z.object({
  approval_id: approvalId,
  status: approvalStatus,
  operation,
  resources: z.array(uri),
  reason: z.string().describe('What you gave as your reason.'),
  asked_at: timestamp,
  expires_at: timestamp.describe('Until when a person can, or could, decide.'),
});

const output = z.object({ requests: z.array(request), next_cursor: nextCursor });

export const createListRequestsTool = ({ list }: ViewApprovals) =>
  defineTool({
    name: 'list-requests',
    title: 'List your requests',
    description: `Lists the requests for access that this key has made, the newest first, and how each stands. Use it when you have lost an approval_id, or when request-access answers "too_many_pending" and you need one to wait for or to cancel. It asks nobody. wait-for-decision with an approval_id says more about one of them.`,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run({ status, limit, cursor }, { caller }) {
      const answer = await list(caller, { status, mine: true }, { limit, after: cursor });
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      return { ok: true, value: { requests: items.map(show), next_cursor: next } };
    },
  });

function show({ id, status, resources, reason, createdAt, expiresAt, ...approval }: Approval) {
  return {
    approval_id: id,
    status,
    operation: approval.operation,
    resources: [...resources],
    reason,
    asked_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}
