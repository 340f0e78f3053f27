/** Count the uses of each resource. Admins, auditors and callers with a grant on the audit trail count all keys, others only their own. */

import { ok, type Result } from '../../domain/result.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import type { EventType } from '../../domain/vocabulary.js';
import type { AuditCountFilter, Listed, Page, ResourceCount, Store } from '../../ports/index.js';
import { mayReview } from '../audit/query-audit.js';
import { requireScope } from '../authorization/require-scope.js';

export type CountUses = (
  caller: Caller,
  filter: Omit<AuditCountFilter, 'types' | 'principal'> & { readonly type?: EventType | undefined },
  page: Page,
) => Promise<Result<Listed<ResourceCount>>>;

/** Events that count as a use. A request is not a use. */
const USES = ['secret_read', 'secret_written', 'secret_deleted', 'records_read'] as const;

/** Counts uses, or events of the filter's type, for each resource. The highest count comes first. */
export function createCountUses(store: Store): CountUses {
  return async (caller, { type, ...filter }, page) => {
    const forbidden = requireScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    const allKeys = seesEverything(caller) || (await mayReview(store, caller));
    const principal = allKeys ? undefined : caller.principal.id;
    const types = type === undefined ? USES : [type];
    return ok(await store.audit.count({ ...filter, types, principal }, page));
  };
}
