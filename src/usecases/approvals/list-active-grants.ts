/** List active grants, each with the name of its principal. */

import type { Grant } from '../../domain/grant.js';
import { ok, type Result } from '../../domain/result.js';
import type { Listed, Page, Store } from '../../ports/index.js';
import type { Viewer } from '../authorization/viewer.js';
import type { ViewApprovals } from './view-approvals.js';

export interface GrantWithHolder {
  readonly grant: Grant;
  readonly holder: string;
}

export type ListActiveGrants = (
  viewer: Viewer,
  page: Page,
) => Promise<Result<Listed<GrantWithHolder>>>;

export function createListActiveGrants(
  { principals }: Pick<Store, 'principals'>,
  { grants }: Pick<ViewApprovals, 'grants'>,
): ListActiveGrants {
  return async (viewer, page) => {
    const listed = await grants(viewer, { activeOnly: true }, page);
    if (!listed.ok) return listed;
    const items = await Promise.all(
      listed.value.items.map(async (grant) => {
        const holder = await principals.find(grant.principal);
        return { grant, holder: holder?.name ?? grant.principal };
      }),
    );
    return ok({ ...listed.value, items });
  };
}
