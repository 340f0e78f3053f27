/** Look at approvals and grants: one's own, or what one may decide; people who see everything see all. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import type { Grant } from '../../domain/grant.js';
import { type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { plainSight, type Sight, seesAccess } from '../../domain/visibility.js';
import type { ApprovalFilter, GrantFilter, Listed, Page, Store } from '../../ports/index.js';
import { needScopeToView, sightOf, type Viewer } from '../authorization/viewer.js';
import type { Access } from './approval-with-grant.js';

interface Mine {
  /** Only the caller's own, though it may see more. */
  readonly mine?: boolean | undefined;
}

/** A page of the lists may hold fewer than its limit while there is a next one. */
export interface ShowApprovals {
  one(viewer: Viewer, id: ApprovalId): Promise<Result<Access>>;
  list(
    viewer: Viewer,
    filter: Pick<ApprovalFilter, 'status'> & Mine,
    page: Page,
  ): Promise<Result<Listed<Approval>>>;
  grants(
    viewer: Viewer,
    filter: Pick<GrantFilter, 'activeOnly'> & Mine,
    page: Page,
  ): Promise<Result<Listed<Grant>>>;
}

export function createShowApprovals(
  store: Store,
  defaultApprovers: readonly string[],
): ShowApprovals {
  /** A key without the scope sees its own alone. */
  const sightFor = async (viewer: Viewer, mine = false): Promise<Sight> => {
    const narrow = mine || needScopeToView(viewer, 'approvals:read') !== undefined;
    return narrow && 'principal' in viewer
      ? ownSight(viewer)
      : sightOf({ store, defaultApprovers }, viewer);
  };

  return {
    async one(viewer, id) {
      const approval = await store.approvals.find(id);
      if (!approval || !seesAccess(await sightFor(viewer), approval))
        return refused({ code: 'not_found' });
      return { ok: true, value: { approval, grant: await store.grants.ofApproval(id) } };
    },

    async list(viewer, { mine, ...filter }, page) {
      const sight = await sightFor(viewer, mine);
      return { ok: true, value: await store.approvals.list({ ...filter, sight }, page) };
    },

    async grants(viewer, { mine, ...filter }, page) {
      const sight = await sightFor(viewer, mine);
      return { ok: true, value: await store.grants.list({ ...filter, sight }, page) };
    },
  };
}

const ownSight = ({ principal }: Caller): Sight => plainSight(false, [principal.id]);
