/** `vsecure://approvals/{id}`: how a request of the caller's own stands. Those of others do not exist. */

import { approvalId } from '../../contract/fields.js';
import type { ApprovalId } from '../../domain/approval.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import type { WaitForDecision } from '../../usecases/approvals/wait-for-decision.js';
import { SUGGESTIONS_MAX } from '../completions.js';
import type { ResourceFamily } from '../resource.js';
import { showAccess } from '../tools/approval-output.js';

const PREFIX = 'vsecure://approvals/';

export const approvalUri = (id: ApprovalId) => `${PREFIX}${id}`;

/** The request that an address names. Undefined when it names none. */
export function approvalIdIn(uri: string): ApprovalId | undefined {
  return uri.startsWith(PREFIX) ? approvalId.safeParse(uri.slice(PREFIX.length)).data : undefined;
}

export const createApprovalFamily = (
  waitForDecision: WaitForDecision,
  viewApprovals: ViewApprovals,
): ResourceFamily => ({
  uriTemplate: `${PREFIX}{id}`,
  prefix: PREFIX,
  variable: 'id',
  face: {
    name: 'approvals',
    title: 'Requests of yours',
    description:
      'How a request of yours stands, by its approval_id. To wait for the decision, call wait-for-decision instead of reading this again and again.',
    mimeType: 'application/json',
  },

  async look(caller, uri) {
    const id = approvalIdIn(uri);
    if (!id) return undefined;
    const answer = await waitForDecision(caller, id, { ms: 0 });
    return answer.ok ? showAccess(answer.value) : undefined;
  },

  async suggest(caller, typed) {
    const page = { limit: SUGGESTIONS_MAX };
    const answer = await viewApprovals.list(caller, { mine: true }, page);
    const ids = answer.ok ? answer.value.items.map(({ id }) => id) : [];
    return ids.filter((id) => id.startsWith(typed));
  },
});
