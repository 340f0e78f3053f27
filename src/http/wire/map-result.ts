/** Changes the value of a result and passes refusals on. */

import { ok, type Result } from '../../domain/result.js';
import type { Listed } from '../../ports/index.js';

export function mapResult<T, U>(result: Result<T>, change: (value: T) => U): Result<U> {
  return result.ok ? ok(change(result.value)) : result;
}

/** Changes each item of one page. */
export function mapPage<T, U>(page: Result<Listed<T>>, change: (item: T) => U) {
  return mapResult(page, ({ items, next }) => ({ items: items.map(change), next }));
}

/** Changes each item of a list without pages. */
export function mapItems<T, U>(items: Result<readonly T[]>, change: (item: T) => U) {
  return mapResult(items, (all) => ({ items: all.map(change) }));
}
