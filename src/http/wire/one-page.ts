/** Cuts one page out of a list that the use case returns whole, because the list is never long. */

import { ok, type Result } from '../../domain/result.js';
import type { Page } from '../../ports/index.js';

/** `sortKey` is unique. The cursor is the sort key of the page's last item, so that it stays valid when items are added or removed. */
export function onePage<T, U>(
  list: Result<readonly T[]>,
  { limit, after = '' }: Page,
  sortKey: (item: T) => string,
  change: (item: T) => U,
): Result<{ items: U[]; next?: string }> {
  if (!list.ok) return list;
  const remaining = list.value
    .map((item) => ({ item, key: sortKey(item) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const items = remaining.slice(0, limit).map(({ item }) => change(item));
  const last = remaining.length > limit ? remaining[limit - 1] : undefined;
  return ok(last ? { items, next: last.key } : { items });
}
