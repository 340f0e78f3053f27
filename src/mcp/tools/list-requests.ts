/** `list-requests`: the caller's requests and their status. */

import { z } from 'zod';
import { approvalId, approvalStatus, operation, timestamp, uri } from '../../contract/fields.js';
import type { Approval } from '../../domain/approval.js';
import { ok } from '../../domain/result.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import { defineTool } from '../tool.js';
import { nextCursor, pageShape } from './page-schema.js';

const input = z.strictObject({
  status: approvalStatus.optional(),
  ...pageShape,
});

const request = z.object({
  approval_id: approvalId,
  status: approvalStatus,
  operation,
  resources: z.array(uri),
  reason: z.string().describe('The reason you gave.'),
  asked_at: timestamp,
  decide_before: timestamp.describe('When the request expires if no person decides.'),
});

const output = z.object({ requests: z.array(request), next_cursor: nextCursor });

export const createListRequestsTool = ({ list }: Pick<ViewApprovals, 'list'>) =>
  defineTool({
    name: 'list-requests',
    title: 'List your requests',
    scope: 'access:request',
    description: 'Lists your requests and their status, newest first.',
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run({ status, limit, cursor }, { caller }) {
      const answer = await list(caller, { status, mine: true }, { limit, after: cursor });
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      return ok({ requests: items.map(toOutput), next_cursor: next });
    },
  });

function toOutput({ id, status, resources, reason, createdAt, expiresAt, ...approval }: Approval) {
  return {
    approval_id: id,
    status,
    operation: approval.operation,
    resources: [...resources],
    reason,
    asked_at: createdAt.toISOString(),
    decide_before: expiresAt.toISOString(),
  };
}
