/** One page of a list that the use case answers with whole, because it is never long. */

import { ok, type Result } from '../../domain/result.js';
import type { Page } from '../../ports/index.js';

/** `place` puts the items in order and tells them apart; the last one's is the cursor, which holds though items come and go. */
export function onePage<T, U>(
  list: Result<readonly T[]>,
  { limit, after = '' }: Page,
  place: (item: T) => string,
  change: (item: T) => U,
): Result<{ items: U[]; next?: string }> {
  if (!list.ok) return list;
  const left = list.value
    .map((item) => ({ item, at: place(item) }))
    .filter(({ at }) => at > after)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const items = left.slice(0, limit).map(({ item }) => change(item));
  const last = left.length > limit ? left[limit - 1] : undefined;
  return ok(last ? { items, next: last.at } : { items });
}
