/** Collects the pages of a list into one array. */

import { PAGE_MAX } from '../contract/limits.js';

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

interface Cursor {
  readonly limit: number;
  readonly after: string | undefined;
}

/** Fetches pages until the list ends or `limit` items are collected. */
export async function collect<T>(
  fetchPage: (cursor: Cursor) => Promise<Page<T>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const all: T[] = [];
  let after: string | undefined;
  while (all.length < limit) {
    const page = await fetchPage({ limit: Math.min(PAGE_MAX, limit - all.length), after });
    all.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  return all;
}
