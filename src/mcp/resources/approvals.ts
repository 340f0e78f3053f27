/** `vsecure://approvals/{id}`: the status of one of the caller's own requests. Requests of other callers are not found. */

import { approvalId } from '../../contract/fields.js';
import type { ApprovalId } from '../../domain/approval.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import type { WaitForDecision } from '../../usecases/approvals/wait-for-decision.js';
import { SUGGESTIONS_MAX } from '../completions.js';
import type { ResourceTemplate } from '../resource.js';
import { accessOutput } from '../tools/approval-output.js';

const PREFIX = 'vsecure://approvals/';

export const approvalUri = (id: ApprovalId) => `${PREFIX}${id}`;

/** The id in the URI of a request. Undefined for any other URI. */
export function approvalIdIn(uri: string): ApprovalId | undefined {
  return uri.startsWith(PREFIX) ? approvalId.safeParse(uri.slice(PREFIX.length)).data : undefined;
}

export const createApprovalTemplate = (
  waitForDecision: WaitForDecision,
  { list }: Pick<ViewApprovals, 'list'>,
): ResourceTemplate => ({
  uriTemplate: `${PREFIX}{id}`,
  prefix: PREFIX,
  variable: 'id',
  metadata: {
    name: 'approvals',
    title: 'Your requests',
    description:
      'The status of one of your requests, by its approval_id. To wait for the decision, call wait-for-decision instead of reading this repeatedly.',
    mimeType: 'application/json',
  },

  async read(caller, uri) {
    const id = approvalIdIn(uri);
    if (!id) return undefined;
    const access = await waitForDecision(caller, id, { ms: 0 });
    return access.ok ? accessOutput(access.value) : undefined;
  },

  async suggest(caller, typed) {
    const requests = await list(caller, { mine: true }, { limit: SUGGESTIONS_MAX });
    const ids = requests.ok ? requests.value.items.map(({ id }) => id) : [];
    return ids.filter((id) => id.startsWith(typed));
  },
});
