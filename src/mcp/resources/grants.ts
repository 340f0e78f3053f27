/** `vsecure://grants`: what the caller may use right now. */

import type { Grant } from '../../domain/grant.js';
import { PAGE_MAX } from '../../domain/limits.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import type { FixedResource } from '../resource.js';

export const createGrantsResource = (grants: ViewApprovals['grants']): FixedResource => ({
  uri: 'vsecure://grants',
  face: {
    name: 'grants',
    title: 'Grants of yours',
    description: 'What you may use right now, and until when.',
    mimeType: 'application/json',
  },

  async look(caller) {
    const answer = await grants(caller, { activeOnly: true, mine: true }, { limit: PAGE_MAX });
    if (!answer.ok) return undefined;
    return { grants: answer.value.items.map(show), more: answer.value.next !== undefined };
  },
});

function show({ id, approval, operation, resources, endsAt, uses, maxUses }: Grant) {
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
