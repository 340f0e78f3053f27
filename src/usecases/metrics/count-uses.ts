/** Count the uses of each resource. It counts what the caller may see of the audit trail, as the list of events does. */

import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { EventType } from '../../domain/vocabulary.js';
import type { AuditCountFilter, Listed, Page, ResourceCount, Store } from '../../ports/index.js';
import { auditVisibility } from '../audit/query-audit.js';
import { requireScope } from '../authorization/require-scope.js';

export type CountUses = (
  caller: Caller,
  filter: Omit<AuditCountFilter, 'types' | 'visibility'> & {
    readonly type?: EventType | undefined;
  },
  page: Page,
) => Promise<Result<Listed<ResourceCount>>>;

/** Events that count as a use. A request is not a use. */
const USES = ['secret_read', 'secret_written', 'secret_deleted', 'records_read'] as const;

/** Counts uses, or events of the filter's type, for each resource. The highest count comes first. */
export function createCountUses(store: Store, defaultApprovers: readonly string[]): CountUses {
  return async (caller, { type, ...filter }, page) => {
    const forbidden = requireScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    const visibility = await auditVisibility(store, defaultApprovers, caller);
    const types = type === undefined ? USES : [type];
    return ok(await store.audit.count({ ...filter, types, visibility }, page));
  };
}
