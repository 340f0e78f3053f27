/** Approvals and grants as the wire has them. */

import type { WireAccess, WireApproval } from '../../contract/approval.js';
import type { WireGrant } from '../../contract/grant.js';
import type { Approval } from '../../domain/approval.js';
import { formatDuration } from '../../domain/duration.js';
import type { Grant } from '../../domain/grant.js';
import type { Access } from '../../usecases/request-access.js';

export function wireApproval(approval: Approval): WireApproval {
  const { id, status, operation, resources, reason, claimedClient, asked, digest } = approval;
  const { requester, policy, policyVersion } = approval;
  return {
    id,
    status,
    operation,
    resources: [...resources],
    reason,
    duration: formatDuration(approval.duration),
    claimedClient,
    requester: { name: requester.name, owner: requester.ownerEmail },
    asked,
    policy,
    policyVersion,
    digest,
    createdAt: approval.createdAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    ...settled(approval),
  };
}

function settled(approval: Approval) {
  if (approval.status === 'pending') return {};
  return {
    settledAt: approval.settledAt.toISOString(),
    settledBy: approval.settledBy?.email,
    decisionReason: approval.decisionReason,
    granted: approval.status === 'approved' ? formatDuration(approval.granted) : undefined,
  };
}

export function wireGrant(grant: Grant): WireGrant {
  const { id, approval, status, operation, resources, uses, maxUses, endReason } = grant;
  const startsAt = grant.startsAt.toISOString();
  const endsAt = grant.endsAt.toISOString();
  return {
    id,
    approval,
    status,
    operation,
    resources: [...resources],
    startsAt,
    endsAt,
    uses,
    maxUses,
    endReason,
  };
}

export function wireAccess({ approval, grant }: Access): WireAccess {
  return { ...wireApproval(approval), grant: grant && wireGrant(grant) };
}
