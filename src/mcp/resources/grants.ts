/** `vsecure://grants`: the caller's active grants. */

import type { Grant } from '../../domain/grant.js';
import { PAGE_MAX } from '../../domain/limits.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import type { FixedResource } from '../resource.js';

export const createGrantsResource = ({ grants }: Pick<ViewApprovals, 'grants'>): FixedResource => ({
  uri: 'vsecure://grants',
  metadata: {
    name: 'grants',
    title: 'Your grants',
    description: 'Your active grants, and when each expires.',
    mimeType: 'application/json',
  },

  async read(caller) {
    const answer = await grants(caller, { activeOnly: true, mine: true }, { limit: PAGE_MAX });
    if (!answer.ok) return undefined;
    return { grants: answer.value.items.map(toOutput), more: answer.value.next !== undefined };
  },
});

function toOutput({ id, approval, operation, resources, endsAt, uses, maxUses }: Grant) {
  return {
    grant_id: id,
    approval_id: approval,
    operation,
    resources: [...resources],
    expires_at: endsAt.toISOString(),
    uses,
    max_uses: maxUses,
  };
}
