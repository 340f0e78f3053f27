/** Authenticates an API key and computes its effective scopes. */

import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, effectiveScopes } from '../../domain/rights.js';
import type { Credentials, KeyHasher, PrincipalReads } from '../../ports/index.js';

export type Authenticate = (token: string) => Promise<Result<Caller>>;

/**
 * Unknown, wrong, expired and revoked keys, and keys of deactivated people, get the same answer after the same work. Only a caller
 * with the genuine key learns that the key is suspended.
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
    return caller && genuine ? ok(caller) : refused({ code: 'invalid_key' });
  };
}

/** The caller with current scopes. Undefined when the key is not valid now. */
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
