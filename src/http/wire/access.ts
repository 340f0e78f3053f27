/** Approvals and grants in wire format. */

import type { WireAccess, WireApproval } from '../../contract/approval.js';
import type { WireGrant } from '../../contract/grant.js';
import type { Approval } from '../../domain/approval.js';
import { formatDuration } from '../../domain/duration.js';
import type { Grant } from '../../domain/grant.js';
import type { Caller } from '../../domain/rights.js';
import type { Access } from '../../usecases/approvals/approval-with-grant.js';
import type { HeldGrant } from '../../usecases/approvals/view-approvals.js';
import { seesPolicies } from '../../usecases/policies/list-policies.js';

/** `conditions` names keys, so only callers who may see policies get it. An agent does not learn who decided. */
export function wireApprovalFor(caller: Caller): (approval: Approval) => WireApproval {
  const showConditions = seesPolicies(caller);
  const isAgent = caller.principal.class === 'agent';
  return (approval) => ({
    ...wireApproval(approval),
    ...(isAgent && { settledBy: undefined }),
    conditions: showConditions ? approval.autoReport : undefined,
  });
}

function wireApproval(approval: Approval): WireApproval {
  const { id, status, operation, resources, reason, claimedClient, timesRequested, digest } =
    approval;
  const { requester, policy, policyVersion } = approval;
  return {
    id,
    status,
    operation,
    resources: [...resources],
    reason,
    updatedReason: approval.updatedReason,
    duration: formatDuration(approval.duration),
    claimedClient,
    requester: { name: requester.name, owner: requester.ownerEmail },
    asked: timesRequested,
    policy,
    policyVersion,
    digest,
    createdAt: approval.createdAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    ...decisionFields(approval),
  };
}

function decisionFields(approval: Approval) {
  if (approval.status === 'pending') return {};
  return {
    settledAt: approval.settledAt.toISOString(),
    settledBy: approval.settledBy?.email,
    decisionReason: approval.decisionReason,
    retry:
      approval.status === 'denied' && approval.sentBack ? ('with_changes' as const) : undefined,
    ...(approval.status === 'approved' && {
      granted: formatDuration(approval.granted),
      grantedResources: [...approval.grantedResources],
    }),
  };
}

export function wireGrant(grant: Grant & Pick<HeldGrant, 'holder'>): WireGrant {
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
    holder: grant.holder,
  };
}

export function wireAccessFor(caller: Caller): (access: Access) => WireAccess {
  const wire = wireApprovalFor(caller);
  return ({ approval, grant }) => ({ ...wire(approval), grant: grant && wireGrant(grant) });
}
