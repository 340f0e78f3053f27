/** Count the uses of each resource. It counts what the caller may see of the audit trail, as the list of events does. */

import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { ownVisibility } from '../../domain/visibility.js';
import { type EventType, USES } from '../../domain/vocabulary.js';
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

/** Counts uses, or events of the filter's type, for each resource. The highest count comes first. */
export function createCountUses(store: Store, defaultApprovers: readonly string[]): CountUses {
  return async (caller, { type, ...filter }, page) => {
    const forbidden = requireScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    const visibility = await auditVisibility(store, defaultApprovers, caller);
    const types = type === undefined ? USES : [type];
    if (filter.actor !== undefined || !types.every(isUse))
      return ok(await store.audit.count({ ...filter, types, visibility }, page));
    return ok(await sumUses(store, { ...filter, types, visibility }, page));
  };
}

const isUse = (type: EventType) => (USES as readonly EventType[]).includes(type);

/** From the hourly sums, which are exact to the event. Every page counts up to the moment of the first: `<ms>:<count>:<resource>` continues. */
async function sumUses(
  store: Store,
  { types, visibility = ownVisibility(true, []), ...filter }: AuditCountFilter,
  { limit, after }: Page,
): Promise<Listed<ResourceCount>> {
  const [moment, , ...rest] = after?.split(':') ?? [];
  const resource = after === undefined ? undefined : rest.join(':');
  const until =
    moment === undefined ? (filter.until ?? (await store.now())) : new Date(Number(moment));
  const span = { ...filter, since: filter.since ?? new Date(0), until };
  const all = await store.metrics.uses(visibility, span, types);
  const from = resource === undefined ? 0 : all.findIndex((one) => one.resource === resource) + 1;
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  return last && from + items.length < all.length
    ? { items, next: `${until.getTime()}:${last.count}:${last.resource}` }
    : { items };
}
