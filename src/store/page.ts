/** One page of a list. The statement fetches one row more than the limit, which shows whether there is a next page. */

import type { Listed } from '../ports/index.js';

export function listed<T>(
  rows: readonly T[],
  limit: number,
  cursor: (last: T) => string,
): Listed<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, next: cursor(last) } : { items };
}
