/** `client.mcp.auditLogs`: lists, streams or counts audit events. */

import type { z } from 'zod';
import {
  type auditGrouping,
  auditRoutes,
  type WireAuditEvent,
  type WireGroupCount,
  type WireResourceCount,
} from '../contract/audit.js';
import { fullUri } from '../contract/short-name.js';
import type { Call, CallOptions } from './call.js';
import { type Cursor, collect, pagesOf } from './pages.js';

/** `since` and `until`: `24h` (ago), a date, or a date with time and zone. `resource`: a name or pattern, `production/*`. */
export type AuditQuery = Omit<z.input<typeof auditRoutes.list.query>, 'limit' | 'after'> & {
  /** Maximum number of results. Default: all. */
  readonly limit?: number | undefined;
};

type AuditGrouping = z.output<typeof auditGrouping>;
type Grouped<G extends AuditGrouping> = AuditQuery & { readonly groupBy: G };

export interface AuditLogs {
  /**
   * Counts how often each resource was read, written or deleted, most used first. With `type` or `verdict`, counts those events.
   */
  (query: Grouped<'resource'>, options?: CallOptions): Promise<WireResourceCount[]>;
  /** Counts the events of each actor, action, hour or outcome: the highest count first, hours the newest first. */
  (
    query: Grouped<Exclude<AuditGrouping, 'resource'>>,
    options?: CallOptions,
  ): Promise<WireGroupCount[]>;
  /** Lists events, newest first. Admins and auditors see all events; people see what their keys and policies concern, a key its own activity. */
  (
    query?: AuditQuery & { readonly groupBy?: undefined },
    options?: CallOptions,
  ): Promise<WireAuditEvent[]>;
}

export function createAuditLogs(call: Call): AuditLogs {
  function auditLogs(
    query: Grouped<'resource'>,
    options?: CallOptions,
  ): Promise<WireResourceCount[]>;
  function auditLogs(
    query: Grouped<Exclude<AuditGrouping, 'resource'>>,
    options?: CallOptions,
  ): Promise<WireGroupCount[]>;
  function auditLogs(query?: AuditQuery, options?: CallOptions): Promise<WireAuditEvent[]>;
  async function auditLogs(
    { groupBy, ...query }: AuditQuery & { readonly groupBy?: AuditGrouping } = {},
    options: CallOptions = {},
  ): Promise<WireAuditEvent[] | WireResourceCount[] | WireGroupCount[]> {
    if (groupBy === undefined) return collect(listPage(call, query, options), query.limit);
    const counted = await counts(call, { ...query, groupBy }, options);
    return groupBy === 'resource'
      ? counted.map(({ name, count }) => ({ resource: name, count }))
      : counted;
  }
  return auditLogs;
}

/** Yields the pages of the list, so that a long one never stands in memory as a whole. */
export function auditPages(
  call: Call,
  query: AuditQuery = {},
  options: CallOptions = {},
): AsyncGenerator<readonly WireAuditEvent[]> {
  return pagesOf(listPage(call, query, options), query.limit);
}

function listPage(call: Call, { limit: _, ...query }: AuditQuery, { signal }: CallOptions) {
  const filter = filterOf(query);
  return (page: Cursor) => call(auditRoutes.list, { query: { ...filter, ...page }, signal });
}

async function counts(
  call: Call,
  { limit, groupBy, ...query }: Grouped<AuditGrouping>,
  { signal }: CallOptions,
): Promise<WireGroupCount[]> {
  const filter = { ...filterOf(query), groupBy };
  const parts = await collect((page) =>
    call(auditRoutes.count, { query: { ...filter, ...page }, signal }),
  );
  const order = groupBy === 'hour' ? newestFirst : highestFirst;
  return addedUp(parts).sort(order).slice(0, limit);
}

const filterOf = <Q extends Pick<AuditQuery, 'resource'>>({ resource, ...rest }: Q) => ({
  ...rest,
  resource: resource === undefined ? undefined : fullUri(resource),
});

/** The server counts a part of the trail in each answer. A group that several parts name gets the sum. */
function addedUp(parts: readonly (WireResourceCount | WireGroupCount)[]): WireGroupCount[] {
  const sums = new Map<string, number>();
  for (const part of parts) {
    const name = 'resource' in part ? part.resource : part.name;
    sums.set(name, (sums.get(name) ?? 0) + part.count);
  }
  return [...sums].map(([name, count]) => ({ name, count }));
}

const newestFirst = (a: WireGroupCount, b: WireGroupCount) => (a.name < b.name ? 1 : -1);
const highestFirst = (a: WireGroupCount, b: WireGroupCount) =>
  b.count - a.count || (a.name < b.name ? -1 : 1);
