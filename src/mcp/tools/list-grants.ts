/** `list-grants`: the caller's grants, and when each expires. */

import { z } from 'zod';
import { approvalId, grantId, operation, timestamp, uri } from '../../contract/fields.js';
import type { Grant } from '../../domain/grant.js';
import { ok } from '../../domain/result.js';
import { GRANT_STATUSES } from '../../domain/vocabulary.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import { defineTool } from '../tool.js';
import { nextCursor, pageShape } from './page-schema.js';

const input = z.strictObject({
  active_only: z.boolean().default(true).describe('Default: true.'),
  ...pageShape,
});

const grant = z.object({
  grant_id: grantId,
  approval_id: approvalId,
  status: z.enum(GRANT_STATUSES),
  operation,
  resources: z
    .array(uri)
    .describe('What the grant covers, except resources under a stricter policy.'),
  starts_at: timestamp,
  expires_at: timestamp,
  uses: z.int().describe('How often the grant has been used.'),
  max_uses: z.int().optional().describe('How often the grant may be used. Absent: unlimited.'),
});

const output = z.object({ grants: z.array(grant), next_cursor: nextCursor });

export const createListGrantsTool = ({ grants }: Pick<ViewApprovals, 'grants'>) =>
  defineTool({
    name: 'list-grants',
    title: 'List your grants',
    scope: 'grants:use',
    description: 'Lists your grants: resources, operation, expiry and uses.',
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run({ active_only, limit, cursor }, { caller }) {
      const filter = { activeOnly: active_only, mine: true };
      const answer = await grants(caller, filter, { limit, after: cursor });
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      return ok({ grants: items.map(toOutput), next_cursor: next });
    },
  });

function toOutput({ id, approval, status, resources, startsAt, endsAt, uses, ...rest }: Grant) {
  return {
    grant_id: id,
    approval_id: approval,
    status,
    operation: rest.operation,
    resources: [...resources],
    starts_at: startsAt.toISOString(),
    expires_at: endsAt.toISOString(),
    uses,
    max_uses: rest.maxUses,
  };
}
