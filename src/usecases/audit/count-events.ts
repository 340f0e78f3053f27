/** Count audit events in groups. It counts what the caller may see of the audit trail, as the list of events does. */

import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { ownVisibility } from '../../domain/visibility.js';
import { type EventType, USES } from '../../domain/vocabulary.js';
import type { AuditCount, AuditCountFilter, Listed, Page, Store } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import { auditVisibility } from './query-audit.js';

export type CountEvents = (
  caller: Caller,
  filter: Omit<AuditCountFilter, 'types' | 'visibility'> & {
    readonly type?: EventType | undefined;
  },
  page: Page,
) => Promise<Result<Listed<AuditCount>>>;

/** Counts the events that the filter finds; for each resource its uses, unless the filter has a type or a verdict. The highest count comes first. */
export function createCountEvents(store: Store, defaultApprovers: readonly string[]): CountEvents {
  return async (caller, { type, ...filter }, page) => {
    const forbidden = requireScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    const visibility = await auditVisibility(store, defaultApprovers, caller);
    const types = typesOf(type, filter);
    const { actor, verdict, entryPoint } = filter;
    const narrowed = [actor, verdict, entryPoint].some((one) => one !== undefined);
    if (filter.groupBy === 'resource' && !narrowed && types?.every(isUse))
      return ok(await sumUses(store, { ...filter, types, visibility }, page));
    return ok(await store.audit.count({ ...filter, types, visibility }, page));
  };
}

/** A use has no verdict. */
function typesOf(
  type: EventType | undefined,
  { groupBy, verdict }: Pick<AuditCountFilter, 'groupBy' | 'verdict'>,
): readonly EventType[] | undefined {
  if (type !== undefined) return [type];
  return groupBy === 'resource' && verdict === undefined ? USES : undefined;
}

const isUse = (type: EventType) => (USES as readonly EventType[]).includes(type);

/** From the hourly sums, which are exact to the event. Every page counts up to the moment of the first: `<ms>:<count>:<resource>` continues. */
async function sumUses(
  store: Store,
  { types = USES, visibility = ownVisibility(true, []), ...filter }: AuditCountFilter,
  { limit, after }: Page,
): Promise<Listed<AuditCount>> {
  const [moment, , ...rest] = after?.split(':') ?? [];
  const resource = after === undefined ? undefined : rest.join(':');
  const until =
    moment === undefined ? (filter.until ?? (await store.now())) : new Date(Number(moment));
  const span = { ...filter, since: filter.since ?? new Date(0), until };
  const all = await store.metrics.uses(visibility, span, types);
  const from = resource === undefined ? 0 : all.findIndex((one) => one.resource === resource) + 1;
  const items = all
    .slice(from, from + limit)
    .map((one) => ({ name: one.resource, count: one.count }));
  const last = items.at(-1);
  return last && from + items.length < all.length
    ? { items, next: `${until.getTime()}:${last.count}:${last.name}` }
    : { items };
}
