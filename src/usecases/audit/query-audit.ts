/** Query the audit trail. Admins, auditors and callers with a grant on it see all events. People see events of their own keys and policies, a key what it did and how its requests ended. */

import type { RecordedEvent } from '../../domain/audit-event.js';
import { summaryOf } from '../../domain/event-summary.js';
import { ok, type Result } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import { eventShownTo, ownVisibility, type VisibilityScope } from '../../domain/visibility.js';
import type { AuditFilter, KeyHolder, Listed, Page, Store } from '../../ports/index.js';
import { findGrant } from '../approvals/use-grant.js';
import { requireScopeToView, type Viewer, visibilityOf } from '../authorization/viewer.js';
import { useReviewGrant } from './use-review-grant.js';

export type ShownEvent = RecordedEvent & {
  /** The key that acted. A key's own view leaves it out, because it names a person. */
  readonly holder?: KeyHolder | undefined;
  /** What the event did, from what this viewer may see (`event-summary`). */
  readonly summary?: string | undefined;
};

export interface AuditPage extends Listed<ShownEvent> {
  /** `all`: the query covered all events. `own`: it covered events of the viewer's keys and policies. */
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
    const visibility = await auditVisibility(store, defaultApprovers, viewer);
    const listed = await store.audit.list({ ...filter, visibility }, page);
    if (visibility.everything)
      return ok({ ...listed, items: await explained(store, listed.items), seen: 'all' });
    const items = listed.items.map((event) => eventShownTo(visibility, withoutConditions(event)));
    return ok({
      ...listed,
      items: visibility.person
        ? await explained(store, items)
        : items.map((event) => ({ ...event, summary: summaryOf(event) })),
      seen: 'own',
    });
  };
}

/** The trail holds the names of keys, and a name alone does not say whose key it is. */
async function explained(
  { principals }: Store,
  events: readonly RecordedEvent[],
): Promise<readonly ShownEvent[]> {
  const ids = events.flatMap(({ actor, principal }) => [
    ...(actor.kind === 'key' ? [actor.id] : []),
    ...(principal ? [principal] : []),
  ]);
  const unique = [...new Set(ids)];
  const holders = unique.length > 0 ? await principals.holders(unique) : new Map();
  return events.map((event) => ({
    ...event,
    holder: holders.get(event.actor.id),
    summary: summaryOf(event, event.principal && holders.get(event.principal)),
  }));
}

/**
 * What this viewer may see of the audit trail: one rule for lists and counts, from every entry point. An active grant on the trail gives access to all events, and its use is recorded. Without a grant
 * the viewer sees their own events, and nothing is refused.
 */
export async function auditVisibility(
  store: Store,
  defaultApprovers: readonly string[],
  viewer: Viewer,
): Promise<VisibilityScope> {
  const visibility = await visibilityOf({ store, defaultApprovers }, viewer);
  const reviewing =
    !visibility.everything && 'principal' in viewer && (await mayReview(store, viewer));
  return reviewing ? ownVisibility(true, []) : visibility;
}

async function mayReview(store: Store, caller: Caller): Promise<boolean> {
  if (!may(caller, 'grants:use')) return false;
  const resource = 'vsecure://audit';
  if (!(await findGrant(store, caller, { operation: 'read', resource })).ok) return false;
  return (await useReviewGrant(store, caller, resource)).ok;
}

/** Removes the policy conditions for viewers who do not see everything, because conditions name other people's keys. */
const withoutConditions = (event: RecordedEvent): RecordedEvent => ({
  ...event,
  details: event.details && { ...event.details, conditions: undefined },
});
