/** Describe one secret and the caller's access to it. The description never contains a value. */

import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { parseResource } from '../../domain/uri.js';
import type { Store } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import { accessOf, type ListedSecret } from './list-secrets.js';

export type DescribeSecret = (caller: Caller, path: string) => Promise<Result<ListedSecret>>;

/** Refuses unknown secrets, hidden secrets and invalid paths, all with `not_found`. */
export function createDescribeSecret(store: Store): DescribeSecret {
  return async (caller, path) => {
    const forbidden = requireScope(caller, 'secrets:list');
    if (forbidden) return forbidden;
    if (!parseResource(path).ok) return refused({ code: 'not_found' });
    const secret = await store.secrets.find(path);
    if (!secret) return refused({ code: 'not_found' });
    const access = await accessOf(store, caller, path);
    return access === 'hidden' ? refused({ code: 'not_found' }) : ok({ ...secret, access });
  };
}
