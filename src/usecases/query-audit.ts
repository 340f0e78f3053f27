/** Read the audit trail: all of it for admins, auditors and whoever has a grant on it; one's own doings for everybody else. */

import type { RecordedEvent } from '../domain/audit-event.js';
import type { AuditFilter, Listed, Page, Store } from '../domain/ports.js';
import type { Result } from '../domain/result.js';
import { type Caller, may, seesEverything } from '../domain/rights.js';
import { needScope } from './need-scope.js';
import { reviewRecords } from './review-records.js';
import { findGrant } from './use-grant.js';

export interface AuditPage extends Listed<RecordedEvent> {
  /** Whose events these are among: everybody's, or the caller's alone. */
  readonly seen: 'all' | 'own';
}

export type QueryAudit = (
  caller: Caller,
  filter: Omit<AuditFilter, 'principal'>,
  page: Page,
) => Promise<Result<AuditPage>>;

/** Newest first. */
export function createQueryAudit(store: Store): QueryAudit {
  return async (caller, filter, page) => {
    const forbidden = needScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    const all = seesEverything(caller) || (await mayReview(store, caller));
    const principal = all ? undefined : caller.principal.id;
    const listed = await store.audit.list({ ...filter, principal }, page);
    const value = { ...(all ? listed : withoutRules(listed)), seen: all ? 'all' : 'own' } as const;
    return { ok: true, value };
  };
}

/** Uses a live grant on the audit trail. Having none is no refusal: what is left is one's own. */
async function mayReview(store: Store, caller: Caller): Promise<boolean> {
  if (!may(caller, 'grants:use')) return false;
  const resource = 'vsecure://audit';
  if (!(await findGrant(store, caller, { operation: 'read', resource })).ok) return false;
  return (await reviewRecords(store, caller, resource)).ok;
}

/** One's own doings do not tell how a policy judged them: its conditions name other people's keys. */
function withoutRules(listed: Listed<RecordedEvent>): Listed<RecordedEvent> {
  const items = listed.items.map((event) => ({
    ...event,
    details: event.details && { ...event.details, conditions: undefined },
  }));
  return { ...listed, items };
}
