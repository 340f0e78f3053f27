/** Read the audit trail: all of it for admins and auditors, one's own doings for everybody else. */

import type { RecordedEvent } from '../domain/audit-event.js';
import type { AuditFilter, Listed, Page, Store } from '../domain/ports.js';
import type { Result } from '../domain/result.js';
import { type Caller, seesEverything } from '../domain/rights.js';
import { needScope } from './need-scope.js';

export type QueryAudit = (
  caller: Caller,
  filter: Omit<AuditFilter, 'principal'>,
  page: Page,
) => Promise<Result<Listed<RecordedEvent>>>;

/** Newest first. */
export function createQueryAudit(store: Store): QueryAudit {
  return async (caller, filter, page) => {
    const forbidden = needScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    const principal = seesEverything(caller) ? undefined : caller.principal.id;
    const listed = await store.audit.list({ ...filter, principal }, page);
    return { ok: true, value: principal ? withoutRules(listed) : listed };
  };
}

/** One's own doings do not tell how a policy judged them: its conditions name other people's keys. */
function withoutRules(listed: Listed<RecordedEvent>): Listed<RecordedEvent> {
  const items = listed.items.map((event) => ({
    ...event,
    details: event.details && { ...event.details, conditions: undefined },
  }));
  return { ...listed, items };
}
