/** Who holds this key, and what may they do with it? */

import { type Result, refused } from '../../domain/result.js';
import { type Caller, effectiveScopes } from '../../domain/rights.js';
import type { Credentials, KeyHasher, PrincipalReads } from '../../ports/index.js';

export type Authenticate = (token: string) => Promise<Result<Caller>>;

/**
 * Unknown, wrong, expired and revoked keys, and keys of people who left, get the same answer after the same work. That a key is
 * suspended is said only to whoever holds it.
 */
export function createAuthenticate(
  store: { readonly principals: PrincipalReads },
  hasher: KeyHasher,
): Authenticate {
  return async (token) => {
    const keyId = hasher.keyIdOf(token);
    const found = keyId === undefined ? undefined : await store.principals.credentials(keyId);
    const genuine = hasher.matches(token, found?.hash);
    if (genuine && found?.live && found.owner.active && found.principal.suspendedAt)
      return refused({ code: 'key_suspended' });
    const caller = authenticated(found);
    return caller && genuine ? { ok: true, value: caller } : refused({ code: 'invalid_key' });
  };
}

/** Who holds a key that is good now, and what they may do now. Undefined when it is not. */
export function authenticated(found: Credentials | undefined): Caller | undefined {
  if (!found?.live || !found.owner.active || found.principal.suspendedAt) return undefined;
  const { key, principal, owner } = found;
  return {
    key,
    principal,
    owner,
    scopes: effectiveScopes(key.scopes, principal.class, owner.role),
  };
}
