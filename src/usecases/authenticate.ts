/** Who holds this key, and what may they do with it? */

import type { KeyHasher, PrincipalReads } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import { type Caller, effectiveScopes } from '../domain/rights.js';

export type Authenticate = (token: string) => Promise<Result<Caller>>;

/** Unknown, wrong, expired and revoked keys, and keys of people who left, get the same answer after the same work. */
export function createAuthenticate(
  store: { readonly principals: PrincipalReads },
  hasher: KeyHasher,
): Authenticate {
  return async (token) => {
    const keyId = hasher.keyIdOf(token);
    const found = keyId === undefined ? undefined : await store.principals.credentials(keyId);
    const genuine = hasher.matches(token, found?.hash);
    if (!found || !genuine || !found.live || !found.owner.active)
      return refused({ code: 'invalid_key' });
    const { key, principal, owner } = found;
    const scopes = effectiveScopes(key.scopes, principal.class, owner.role);
    return { ok: true, value: { key, principal, owner, scopes } };
  };
}
