/** List API keys with owners and scopes under a grant on `vsecure://api-keys`. The list never contains a secret part. */

import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Store } from '../../ports/index.js';
import { useReviewGrant } from '../audit/use-review-grant.js';
import { type ListedKey, listKeys } from './manage-keys.js';
import { requireScope } from './require-scope.js';

export type ReviewKeys = (caller: Caller) => Promise<Result<readonly ListedKey[]>>;

export function createReviewKeys(store: Store): ReviewKeys {
  return async (caller) => {
    const forbidden = requireScope(caller, 'grants:use');
    if (forbidden) return forbidden;
    const used = await useReviewGrant(store, caller, 'vsecure://api-keys');
    return used.ok ? ok(await listKeys(store)) : used;
  };
}
