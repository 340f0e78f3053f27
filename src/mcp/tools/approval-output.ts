/** The output fields for an approval and its grant, which two tools share. */

import { z } from 'zod';
import { approvalId, grantId, timestamp, uri } from '../../contract/fields.js';
import type { Approval, Approved } from '../../domain/approval.js';
import { formatDuration } from '../../domain/duration.js';
import { APPROVAL_STATUSES } from '../../domain/vocabulary.js';
import type { Access } from '../../usecases/approvals/approval-with-grant.js';
import { type Next, next } from '../next-step.js';

export const accessShape = {
  approval_id: approvalId,
  status: z
    .enum(APPROVAL_STATUSES)
    .describe('"pending" until a person decides. Every other status is final.'),
  resources: z.array(uri).describe('What you requested.'),
  decide_before: timestamp
    .optional()
    .describe('While pending: when the request expires if no person decides.'),
  expires_at: timestamp.optional().describe('Once approved: when the access ends.'),
  grant_id: grantId.optional(),
  granted_resources: z
    .array(uri)
    .optional()
    .describe('Once approved: what was granted, which may be less than you requested.'),
  granted_duration: z.string().optional().describe('Once approved: for how long.'),
  not_granted: z
    .array(uri)
    .optional()
    .describe('What you requested and did not get. Do not request it again in other words.'),
  link: z
    .string()
    .optional()
    .describe(
      'While pending: the link to the request in Slack, where people decide it. Give it to your user, who can open it or send it to an approver.',
    ),
  next: next.optional(),
};

/** Names no person: an agent does not learn who decides or decided. */
export function accessOutput({ approval, grant, link }: Access) {
  return {
    approval_id: approval.id,
    status: approval.status,
    resources: [...approval.resources],
    decide_before: approval.status === 'pending' ? approval.expiresAt.toISOString() : undefined,
    expires_at: grant?.endsAt.toISOString(),
    grant_id: grant?.id,
    ...grantedOutput(approval),
    link,
    next: nextStep({ approval, grant }),
  };
}

function grantedOutput(approval: Approval) {
  if (approval.status !== 'approved') return {};
  const missing = notGranted(approval);
  return {
    granted_resources: [...approval.grantedResources],
    granted_duration: formatDuration(approval.granted),
    ...(missing.length > 0 && { not_granted: missing }),
  };
}

/** The requested resources that an approver left out. */
export const notGranted = ({ resources, grantedResources }: Approved): string[] =>
  resources.filter((resource) => !grantedResources.includes(resource));

function nextStep({ approval, grant }: Access): Next | undefined {
  if (approval.status === 'pending')
    return { tool: 'wait-for-decision', arguments: { approval_id: approval.id } };
  if (approval.status === 'denied' && approval.sentBack)
    return { tool: 'request-access', arguments: changed(approval) };
  return approval.status === 'approved' && grant?.status === 'active'
    ? useGrant(approval)
    : undefined;
}

function useGrant({ operation, grantedResources: [resource = ''] }: Approved): Next | undefined {
  if (operation === 'list') return { tool: 'list-secrets', arguments: {} };
  if (resource === 'vsecure://audit') return { tool: 'query-audit-log', arguments: {} };
  if (resource === 'vsecure://api-keys') return { tool: 'list-api-keys', arguments: {} };
  return { tool: TOOL_FOR[operation], arguments: resource.includes('*') ? {} : { resource } };
}

/** For "write" this suggests update-secret. If the secret does not exist, that tool suggests create-secret. */
const TOOL_FOR = { read: 'read-secret', write: 'update-secret', delete: 'delete-secret' } as const;

/** The reason is left out: the agent must write a better one. */
const changed = ({ resources, operation }: Approval) => ({ resources: [...resources], operation });
