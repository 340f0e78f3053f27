/** Follows the pages of a list. */

import { PAGE_MAX } from '../contract/limits.js';

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
}

export interface Cursor {
  readonly limit: number;
  readonly after: string | undefined;
}

/** Yields the items of each page until the list ends or `limit` items were yielded. */
export async function* pagesOf<T>(
  fetchPage: (cursor: Cursor) => Promise<Page<T>>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  let after: string | undefined;
  for (let left = limit; left > 0; ) {
    const page = await fetchPage({ limit: Math.min(PAGE_MAX, left), after });
    yield page.items;
    left -= page.items.length;
    after = page.next;
    if (after === undefined) return;
  }
}

/** Collects the pages of a list into one array. */
export async function collect<T>(
  fetchPage: (cursor: Cursor) => Promise<Page<T>>,
  limit?: number,
): Promise<T[]> {
  const all: T[] = [];
  for await (const items of pagesOf(fetchPage, limit)) all.push(...items);
  return all;
}
