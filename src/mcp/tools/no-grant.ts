/** What a tool answers when the caller has no grant: wait for the request that is pending, or make one unless a person has refused it. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import { covers } from '../../domain/pattern.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../domain/rights.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import type { Next } from '../next-step.js';

/** Requests of one key that are looked at, newest first. */
const LOOKED_AT = 50;

interface NeededGrant {
  readonly resource: string;
  readonly operation: Operation;
}

/** What a tool answers instead of an access: why not, and what to call next. */
export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly next?: Next | undefined;
}

/**
 * A refusal for another reason stays as it is. After a revocation, a denial, or an approval that left the resource out, nothing is suggested: a person
 * decided against the access.
 */
export type ExplainNoGrant = (
  caller: Caller,
  needed: NeededGrant,
  refusal: Refusal,
) => Promise<Refused>;

export const createExplainNoGrant =
  ({ list }: Pick<ViewApprovals, 'list'>): ExplainNoGrant =>
  async (caller, { resource, operation }, refusal) => {
    if (refusal.code !== 'approval_required' && refusal.code !== 'grant_ended')
      return { ok: false, refusal };
    const newestRequest = async (status?: 'pending') => {
      const answer = await list(caller, { status, mine: true }, { limit: LOOKED_AT });
      const requests = answer.ok ? answer.value.items : [];
      return requests.find(
        (request) => request.operation === operation && coversAny(request.resources, resource),
      );
    };
    const pending = await newestRequest('pending');
    if (pending) return waitFor(pending.id);
    if (refusal.code === 'grant_ended' && refusal.how === 'revoked') return { ok: false, refusal };
    const newest = await newestRequest();
    if (newest && isRefusedIn(newest, resource))
      return { ok: false, refusal: { code: 'approval_required', refusedIn: newest.id } };
    const args = { resources: [resource], operation };
    return { ok: false, refusal, next: { tool: 'request-access', arguments: args } };
  };

const coversAny = (patterns: readonly string[], resource: string) =>
  patterns.some((pattern) => covers(pattern, resource));

const waitFor = (id: ApprovalId): Refused => ({
  ok: false,
  refusal: { code: 'approval_required', pending: id },
  next: { tool: 'wait-for-decision', arguments: { approval_id: id } },
});

/** Whether a person decided against the access. A request that was sent back may be made again with changes. */
function isRefusedIn(approval: Approval, resource: string): boolean {
  if (approval.status === 'denied') return !approval.sentBack;
  return approval.status === 'approved' && !coversAny(approval.grantedResources, resource);
}
