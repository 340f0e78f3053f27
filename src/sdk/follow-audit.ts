/** The audit trail as it grows: every event once, in order. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { auditRoutes, type WireAuditEvent } from '../contract/audit.js';
import { PAGE_MAX } from '../contract/limits.js';
import type { Call } from './call.js';

export type FollowQuery = Omit<z.input<typeof auditRoutes.list.query>, 'limit' | 'after' | 'until'>;

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** How often to look (ms). Default: 2 000. */
  readonly everyMs?: number | undefined;
}

const EVERY = 2_000;

/** Begins with the last event that is on record when it is called. Ends when the signal aborts. */
export async function* followAudit(
  call: Call,
  query: FollowQuery,
  { signal, everyMs = EVERY }: FollowOptions = {},
): AsyncGenerator<WireAuditEvent> {
  const newest = await call(auditRoutes.list, { query: { ...query, limit: 1 }, signal });
  let seen = (newest.items[0]?.sequence ?? 1) - 1;
  while (!signal?.aborted) {
    const fresh = await since(call, query, seen, signal);
    yield* fresh;
    seen = fresh.at(-1)?.sequence ?? seen;
    await sleep(everyMs, undefined, signal ? { signal } : {}).catch(() => {});
  }
}

/** Newest first on the wire, so pages are read until one reaches what was seen. */
async function since(call: Call, query: FollowQuery, seen: number, signal?: AbortSignal) {
  const fresh: WireAuditEvent[] = [];
  let after: string | undefined;
  do {
    const page = await call(auditRoutes.list, {
      query: { ...query, limit: PAGE_MAX, after },
      signal,
    });
    const found = page.items.filter(({ sequence }) => sequence > seen);
    fresh.push(...found);
    after = found.length < page.items.length ? undefined : page.next;
  } while (after !== undefined);
  return fresh.reverse();
}
