/**
 * Makes a change for a caller, in one transaction and once for each idempotency key. Seconds may lie between the authentication and the
 * transaction, such as a body that arrives slowly or a question to Slack: a key that was revoked meanwhile, or whose owner was deactivated
 * or has another role, changes nothing.
 */

import { type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { PrincipalReads, Store, Tx } from '../../ports/index.js';
import type { IdempotencyKey, Idempotent, ReplayPolicy, ShownOnce } from '../idempotent.js';
import { authenticated } from './authenticate.js';

export interface ChangeParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
}

export function changeAs<T, K = T>(
  { store, idempotent }: ChangeParts,
  caller: Caller,
  idempotencyKey: IdempotencyKey | undefined,
  change: (tx: Tx) => Promise<Result<T>>,
  replayPolicy?: ReplayPolicy<T, K> | ShownOnce<T, K>,
): Promise<Result<T>> {
  return store.transaction(
    async (tx) =>
      (await refuseEnded(tx, caller)) ??
      idempotent(tx, idempotencyKey, () => change(tx), replayPolicy),
  );
}

/** Undefined while the caller may still do what they could when they were authenticated. */
export async function refuseEnded(
  { principals }: { readonly principals: PrincipalReads },
  { key, owner }: Caller,
) {
  const now = authenticated(await principals.credentials(key.id));
  return now?.owner.role === owner.role ? undefined : refused({ code: 'invalid_key' });
}
