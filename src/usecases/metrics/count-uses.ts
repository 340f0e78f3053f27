/** How often each resource was used: of all keys for admins, auditors and whoever may review the trail, else of one's own. */

import type { Result } from '../../domain/result.js';
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

/** What it means to use a resource; asking for it is not. */
const USES = ['secret_read', 'secret_written', 'secret_deleted', 'records_read'] as const;

/** Uses of each resource, or events of the type that the filter names; the most first. */
export function createCountUses(store: Store): CountUses {
  return async (caller, { type, ...filter }, page) => {
    const forbidden = requireScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    const everybody = seesEverything(caller) || (await mayReview(store, caller));
    const principal = everybody ? undefined : caller.principal.id;
    const types = type === undefined ? USES : [type];
    return { ok: true, value: await store.audit.count({ ...filter, types, principal }, page) };
  };
}
