/** What a tool answers when the caller has no grant: wait for the request that is pending, or make one. */

import { covers } from '../../domain/pattern.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Caller } from '../../domain/rights.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { ViewApprovals } from '../../usecases/approvals/view-approvals.js';
import type { Next } from '../next-step.js';

/** Pending requests of one key that are looked at. Few keys may have as many. */
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

/** A refusal for another reason stays as it is. After a revocation nothing is suggested: a person decided against the access. */
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
    const filter = { status: 'pending', mine: true } as const;
    const answer = await list(caller, filter, { limit: LOOKED_AT });
    const pending = answer.ok ? answer.value.items : [];
    const waiting = pending.find(
      (request) =>
        request.operation === operation && request.resources.some((one) => covers(one, resource)),
    );
    if (waiting)
      return {
        ok: false,
        refusal: { code: 'approval_required', pending: waiting.id },
        next: { tool: 'wait-for-decision', arguments: { approval_id: waiting.id } },
      };
    if (refusal.code === 'grant_ended' && refusal.how === 'revoked') return { ok: false, refusal };
    const next = {
      tool: 'request-access',
      arguments: { resources: [resource], operation },
    } as const;
    return { ok: false, refusal, next };
  };
