/** What one secret is, and what the caller could get of it. Never a value. */

import { type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { parseResource } from '../../domain/uri.js';
import type { Store } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import { accessOf, type ListedSecret } from './list-secrets.js';

export type DescribeSecret = (caller: Caller, path: string) => Promise<Result<ListedSecret>>;

/** Refuses with `not_found` what is unknown, what is hidden and what is no path at all. */
export function createDescribeSecret(store: Store): DescribeSecret {
  return async (caller, path) => {
    const forbidden = requireScope(caller, 'secrets:list');
    if (forbidden) return forbidden;
    if (!parseResource(path).ok) return refused({ code: 'not_found' });
    const secret = await store.secrets.find(path);
    if (!secret) return refused({ code: 'not_found' });
    const access = await accessOf(store, caller, path);
    return access === 'hidden'
      ? refused({ code: 'not_found' })
      : { ok: true, value: { ...secret, access } };
  };
}
