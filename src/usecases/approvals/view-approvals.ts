/** View approvals and grants: the viewer's own, and those that the viewer may decide. Admins and auditors see all. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import type { Grant } from '../../domain/grant.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { ownVisibility, seesAccess, type VisibilityScope } from '../../domain/visibility.js';
import type {
  ApprovalFilter,
  GrantFilter,
  KeyHolder,
  Listed,
  Page,
  Store,
} from '../../ports/index.js';
import { requireScopeToView, type Viewer, visibilityOf } from '../authorization/viewer.js';
import type { Access } from './approval-with-grant.js';

interface Mine {
  /** Only the viewer's own, although the viewer may see more. */
  readonly mine?: boolean | undefined;
}

/** A page may have fewer items than its limit although there is a next page. */
export interface ViewApprovals {
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
  ): Promise<Result<Listed<HeldGrant>>>;
}

/** A grant with the key that holds it. */
export type HeldGrant = Grant & { readonly holder?: KeyHolder | undefined };

export function createViewApprovals(
  store: Store,
  defaultApprovers: readonly string[],
): ViewApprovals {
  /** A key without the scope sees only its own. */
  const visibilityFor = async (viewer: Viewer, mine = false): Promise<VisibilityScope> => {
    const narrow = mine || requireScopeToView(viewer, 'approvals:read') !== undefined;
    return narrow && 'principal' in viewer
      ? callerVisibility(viewer)
      : visibilityOf({ store, defaultApprovers }, viewer);
  };

  return {
    async one(viewer, id) {
      const approval = await store.approvals.find(id);
      if (!approval || !seesAccess(await visibilityFor(viewer), approval))
        return refused({ code: 'not_found' });
      return ok({ approval, grant: await store.grants.ofApproval(id) });
    },

    async list(viewer, { mine, ...filter }, page) {
      const visibility = await visibilityFor(viewer, mine);
      return ok(await store.approvals.list({ ...filter, visibility }, page));
    },

    async grants(viewer, { mine, ...filter }, page) {
      const visibility = await visibilityFor(viewer, mine);
      const listed = await store.grants.list({ ...filter, visibility }, page);
      const ids = new Set(listed.items.map(({ principal }) => principal));
      const holders = await store.principals.holders([...ids]);
      const items = listed.items.map((grant) => ({
        ...grant,
        holder: holders.get(grant.principal),
      }));
      return ok({ ...listed, items });
    },
  };
}

const callerVisibility = ({ principal }: Caller): VisibilityScope =>
  ownVisibility(false, [principal.id]);
