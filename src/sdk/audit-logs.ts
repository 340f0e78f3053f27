/** `client.mcp.auditLogs`: lists or counts audit events. */

import type { z } from 'zod';
import { auditRoutes, type WireAuditEvent, type WireResourceCount } from '../contract/audit.js';
import { fullUri } from '../contract/short-name.js';
import type { Call, CallOptions } from './call.js';
import { collect } from './pages.js';

/** `since` and `until`: `24h` (ago), a date, or a date with time and zone. `resource`: a name or pattern, `production/*`. */
export type AuditQuery = Omit<z.input<typeof auditRoutes.list.query>, 'limit' | 'after'> & {
  /** Maximum number of results. Default: all. */
  readonly limit?: number;
};

export interface AuditLogs {
  /**
   * Counts how often each resource was read, written or deleted, most used first. With `type`, counts events of that type.
   */
  (
    query: AuditQuery & { readonly groupBy: 'resource' },
    options?: CallOptions,
  ): Promise<WireResourceCount[]>;
  /** Lists events, newest first. Admins and auditors see all events; people see what their keys and policies concern, a key its own activity. */
  (
    query?: AuditQuery & { readonly groupBy?: undefined },
    options?: CallOptions,
  ): Promise<WireAuditEvent[]>;
}

export function createAuditLogs(call: Call): AuditLogs {
  function auditLogs(
    query: AuditQuery & { readonly groupBy: 'resource' },
    options?: CallOptions,
  ): Promise<WireResourceCount[]>;
  function auditLogs(query?: AuditQuery, options?: CallOptions): Promise<WireAuditEvent[]>;
  async function auditLogs(
    { limit, groupBy, resource, ...rest }: AuditQuery & { readonly groupBy?: 'resource' } = {},
    { signal }: CallOptions = {},
  ): Promise<WireAuditEvent[] | WireResourceCount[]> {
    const filter = { ...rest, resource: resource === undefined ? undefined : fullUri(resource) };
    return groupBy === undefined
      ? collect((page) => call(auditRoutes.list, { query: { ...filter, ...page }, signal }), limit)
      : addedUp(
          await collect((page) =>
            call(auditRoutes.count, { query: { ...filter, ...page }, signal }),
          ),
        ).slice(0, limit);
  }
  return auditLogs;
}

/** The server counts a part of the trail in each answer. A resource that several parts name gets the sum. */
function addedUp(parts: readonly WireResourceCount[]): WireResourceCount[] {
  const counts = new Map<string, number>();
  for (const { resource, count } of parts)
    counts.set(resource, (counts.get(resource) ?? 0) + count);
  return [...counts]
    .map(([resource, count]) => ({ resource, count }))
    .sort((a, b) => b.count - a.count || (a.resource < b.resource ? -1 : 1));
}
