/** Read the audit trail: all of it for admins, auditors and whoever has a grant on it; else what the viewer has to do with. */

import type { RecordedEvent } from '../../domain/audit-event.js';
import type { Result } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import { ownVisibility, type VisibilityScope } from '../../domain/visibility.js';
import type { AuditFilter, Listed, Page, Store } from '../../ports/index.js';
import { findGrant } from '../approvals/use-grant.js';
import { requireScopeToView, type Viewer, visibilityOf } from '../authorization/viewer.js';
import { useReviewGrant } from './use-review-grant.js';

export interface AuditPage extends Listed<RecordedEvent> {
  /** Whose events these are among: everybody's, or those that the viewer's keys and policies have to do with. */
  readonly seen: 'all' | 'own';
}

export type QueryAudit = (
  viewer: Viewer,
  filter: Omit<AuditFilter, 'visibility'>,
  page: Page,
) => Promise<Result<AuditPage>>;

/** Newest first. */
export function createQueryAudit(store: Store, defaultApprovers: readonly string[]): QueryAudit {
  return async (viewer, filter, page) => {
    const forbidden = requireScopeToView(viewer, 'audit:read');
    if (forbidden) return forbidden;
    const visibility = await reviewVisibility(store, defaultApprovers, viewer);
    const listed = await store.audit.list({ ...filter, visibility }, page);
    if (visibility.everything) return { ok: true, value: { ...listed, seen: 'all' } };
    return { ok: true, value: { ...withoutRules(listed), seen: 'own' } };
  };
}

/** A live grant on the audit trail opens all of it; its use is on record. Having none is no refusal: what is left is one's own. */
async function reviewVisibility(
  store: Store,
  defaultApprovers: readonly string[],
  viewer: Viewer,
): Promise<VisibilityScope> {
  const visibility = await visibilityOf({ store, defaultApprovers }, viewer);
  const asked = !visibility.everything && 'principal' in viewer && (await mayReview(store, viewer));
  return asked ? ownVisibility(true, []) : visibility;
}

export async function mayReview(store: Store, caller: Caller): Promise<boolean> {
  if (!may(caller, 'grants:use')) return false;
  const resource = 'vsecure://audit';
  if (!(await findGrant(store, caller, { operation: 'read', resource })).ok) return false;
  return (await useReviewGrant(store, caller, resource)).ok;
}

/** Not seeing everything means not seeing how a policy judged: its conditions name other people's keys. */
function withoutRules(listed: Listed<RecordedEvent>): Listed<RecordedEvent> {
  const items = listed.items.map((event) => ({
    ...event,
    details: event.details && { ...event.details, conditions: undefined },
  }));
  return { ...listed, items };
}
