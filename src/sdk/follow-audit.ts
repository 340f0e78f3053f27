/** Follows the audit trail: yields every new event once, in order. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { auditRoutes, type WireAuditEvent } from '../contract/audit.js';
import { PAGE_MAX } from '../contract/limits.js';
import type { Call } from './call.js';

export type FollowQuery = Omit<z.input<typeof auditRoutes.list.query>, 'limit' | 'after' | 'until'>;

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** Polling interval in milliseconds. Default: 2 000. */
  readonly everyMs?: number | undefined;
}

const POLL_EVERY = 2_000;

/** Starts with the newest event at the time of the call. Ends when the signal aborts. */
export async function* followAudit(
  call: Call,
  query: FollowQuery,
  { signal, everyMs = POLL_EVERY }: FollowOptions = {},
): AsyncGenerator<WireAuditEvent> {
  const newest = await call(auditRoutes.list, { query: { ...query, limit: 1 }, signal });
  // Without a recent event, the page ends at a sequence number from which on there was none.
  let seen = (newest.items[0]?.sequence ?? Number(newest.next ?? 1)) - 1;
  while (!signal?.aborted) {
    const newEvents = await eventsAfter(call, query, seen, signal);
    yield* newEvents;
    seen = newEvents.at(-1)?.sequence ?? seen;
    await sleep(everyMs, undefined, signal ? { signal } : {}).catch(() => {});
  }
}

/** The server lists the newest events first, so this reads pages until one reaches an event that was seen before. */
async function eventsAfter(call: Call, query: FollowQuery, seen: number, signal?: AbortSignal) {
  const newEvents: WireAuditEvent[] = [];
  let after: string | undefined;
  do {
    const page = await call(auditRoutes.list, {
      query: { ...query, limit: PAGE_MAX, after },
      signal,
    });
    const found = page.items.filter(({ sequence }) => sequence > seen);
    newEvents.push(...found);
    const reached = found.length < page.items.length || Number(page.next) <= seen + 1;
    after = reached ? undefined : page.next;
  } while (after !== undefined);
  return newEvents.reverse();
}
