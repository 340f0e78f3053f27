/** How an approval and its grant look to the agent that asked: the part that two tools share. */

import { z } from 'zod';
import { approvalId, grantId, timestamp, uri } from '../../contract/fields.js';
import type { Approval } from '../../domain/approval.js';
import { APPROVAL_STATUSES } from '../../domain/vocabulary.js';
import type { Access } from '../../usecases/approvals/approval-with-grant.js';
import { type Next, next } from '../next-step.js';

export const accessShape = {
  approval_id: approvalId,
  status: z
    .enum(APPROVAL_STATUSES)
    .describe('"pending" until a person has decided; everything else is final.'),
  resources: z.array(uri),
  expires_at: timestamp.describe(
    'While pending: until when a person can decide. Once approved: when the access ends.',
  ),
  grant_id: grantId.optional(),
  link: z
    .string()
    .optional()
    .describe(
      'While pending: the request in Slack, where people decide it. For your user, who can open it or send it to an approver.',
    ),
  next: next.optional(),
};

/** Names nobody: who decides or decided is no business of an agent's. */
export function showAccess({ approval, grant, link }: Access) {
  return {
    approval_id: approval.id,
    status: approval.status,
    resources: [...approval.resources],
    expires_at: (grant?.endsAt ?? approval.expiresAt).toISOString(),
    grant_id: grant?.id,
    link,
    next: stepAfter({ approval, grant }),
  };
}

function stepAfter({ approval, grant }: Access): Next | undefined {
  if (approval.status === 'pending')
    return { tool: 'wait-for-decision', arguments: { approval_id: approval.id } };
  return approval.status === 'approved' && grant?.status === 'active' ? use(approval) : undefined;
}

function use({ operation, resources: [resource = ''] }: Approval): Next | undefined {
  if (operation === 'list') return { tool: 'list-secrets', arguments: {} };
  if (resource === 'vsecure://audit') return { tool: 'query-audit-log', arguments: {} };
  if (resource === 'vsecure://api-keys') return { tool: 'list-api-keys', arguments: {} };
  return { tool: USED_BY[operation], arguments: resource.includes('*') ? {} : { resource } };
}

/** Whether a secret is there to be updated is not known here; the tool says what to call if it is not. */
const USED_BY = { read: 'read-secret', write: 'update-secret', delete: 'delete-secret' } as const;
