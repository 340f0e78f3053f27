/** Look at approvals and grants: one's own, or what one may decide; people who see everything see all. */

import type { Approval, ApprovalId } from '../domain/approval.js';
import type { Grant } from '../domain/grant.js';
import { isApprover } from '../domain/policy.js';
import type { ApprovalFilter, GrantFilter, Listed, Page, Store } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import { type Caller, may, seesEverything } from '../domain/rights.js';
import { approversAt, decidingPolicy } from './deciding-policy.js';
import type { Access } from './request-access.js';

interface Mine {
  /** Only the caller's own, though it may see more. */
  readonly mine?: boolean | undefined;
}

export interface ShowApprovals {
  one(caller: Caller, id: ApprovalId): Promise<Result<Access>>;
  list(
    caller: Caller,
    filter: Pick<ApprovalFilter, 'status'> & Mine,
    page: Page,
  ): Promise<Result<Listed<Approval>>>;
  grants(
    caller: Caller,
    filter: Pick<GrantFilter, 'activeOnly'> & Mine,
    page: Page,
  ): Promise<Result<Listed<Grant>>>;
}

export function createShowApprovals(
  store: Store,
  defaultApprovers: readonly string[],
): ShowApprovals {
  const visible = async (caller: Caller, approval: Approval): Promise<boolean> => {
    if (approval.principal === caller.principal.id) return true;
    if (!may(caller, 'approvals:read')) return false;
    if (seesEverything(caller) || approval.requester.owner === caller.owner.id) return true;
    const policy = await decidingPolicy(store.policies, approval.resources);
    if (!policy.ok) return false;
    const approvers = await approversAt(store, policy.value, approval, defaultApprovers);
    return isApprover(caller.owner, approvers);
  };

  return {
    async one(caller, id) {
      const approval = await store.approvals.find(id);
      if (!approval || !(await visible(caller, approval))) return refused({ code: 'not_found' });
      return { ok: true, value: { approval, grant: await store.grants.ofApproval(id) } };
    },

    async list(caller, { mine, ...filter }, page) {
      const all = !mine && may(caller, 'approvals:read');
      const scoped = all ? filter : own(caller, filter);
      const listed = await store.approvals.list(scoped, page);
      const items: Approval[] = [];
      for (const approval of listed.items)
        if (await visible(caller, approval)) items.push(approval);
      return { ok: true, value: { ...listed, items } };
    },

    async grants(caller, { mine, ...filter }, page) {
      const all = !mine && seesEverything(caller) && may(caller, 'approvals:read');
      return {
        ok: true,
        value: await store.grants.list(all ? filter : own(caller, filter), page),
      };
    },
  };
}

const own = <F>(caller: Caller, filter: F) => ({ ...filter, principal: caller.principal.id });
