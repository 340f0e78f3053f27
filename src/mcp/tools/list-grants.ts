/** `list-grants`: what the caller may use, and until when. */

import { z } from 'zod';
import { approvalId, grantId, operation, timestamp, uri } from '../../contract/fields.js';
import type { Grant } from '../../domain/grant.js';
import { GRANT_STATUSES } from '../../domain/vocabulary.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import { defineTool } from '../tool.js';
import { nextCursor, pageShape } from './page-schema.js';

const input = z.strictObject({
  active_only: z
    .boolean()
    .default(true)
    .describe('false also lists the grants that have ended. Default: true.'),
  ...pageShape,
});

const grant = z.object({
  grant_id: grantId,
  approval_id: approvalId,
  status: z.enum(GRANT_STATUSES),
  operation,
  resources: z.array(uri).describe('What it opens, as far as no stricter policy guards it.'),
  starts_at: timestamp,
  expires_at: timestamp,
  uses: z.int().describe('How often it was used.'),
  max_uses: z.int().optional().describe('How often it may be used; absent: as often as needed.'),
});

const output = z.object({ grants: z.array(grant), next_cursor: nextCursor });

export const createListGrantsTool = ({ grants }: ViewApprovals) =>
  defineTool({
    name: 'list-grants',
    title: 'List your grants',
    description: `Lists the grants of this key: what you may use now, for which operation, until when and how often. Use it to see what is still open before you ask for more, and to find the grant_id for release-grant. It asks nobody and uses nothing up.`,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    input,
    output,
    async run({ active_only, limit, cursor }, { caller }) {
      const filter = { activeOnly: active_only, mine: true };
      const answer = await grants(caller, filter, { limit, after: cursor });
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      return { ok: true, value: { grants: items.map(show), next_cursor: next } };
    },
  });

function show({ id, approval, status, resources, startsAt, endsAt, uses, ...rest }: Grant) {
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
