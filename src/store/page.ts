/** One page of a list: rows were asked for one beyond the limit, which tells whether there is more. */

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
