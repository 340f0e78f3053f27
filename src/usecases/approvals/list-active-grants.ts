/** List active grants, each with the name and the owner of its key. */

import type { Grant } from '../../domain/grant.js';
import { ok, type Result } from '../../domain/result.js';
import type { Listed, Page } from '../../ports/index.js';
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

export function createListActiveGrants({
  grants,
}: Pick<ViewApprovals, 'grants'>): ListActiveGrants {
  return async (viewer, page) => {
    const listed = await grants(viewer, { activeOnly: true }, page);
    if (!listed.ok) return listed;
    const items = listed.value.items.map(({ holder, ...grant }) => ({
      grant,
      holder: holder ? `${holder.name} of ${holder.owner}` : grant.principal,
    }));
    return ok({ ...listed.value, items });
  };
}
