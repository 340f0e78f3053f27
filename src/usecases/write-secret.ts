/** Store a secret's value or delete it, as an operator: `secrets:manage` writes, lists and deletes, it does not read. */

import type { MakeId, Store, Tx, Vault } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { SecretMetadata } from '../domain/secret.js';
import { needScope } from './need-scope.js';
import { checkPath, checkSize, removeSecret, storeVersion } from './stored-secret.js';

export type WriteSecret = (
  caller: Caller,
  secret: { readonly path: string; readonly value: Uint8Array },
) => Promise<Result<SecretMetadata>>;

/** Answers with what was known of it. */
export type DeleteSecret = (caller: Caller, path: string) => Promise<Result<SecretMetadata>>;

/** Creates the secret or adds a version to it. Answers with metadata; the value goes in and never comes back this way. */
export function createWriteSecret(
  store: Store,
  vault: Vault,
  makeId: MakeId,
  installation: string,
): WriteSecret {
  return async (caller, { path, value }) => {
    const forbidden = needScope(caller, 'secrets:manage') ?? checkPath(path) ?? checkSize(value);
    if (forbidden) return forbidden;
    return store.transaction(async (tx) => {
      const secret = await lockOrCreate(tx, path, makeId);
      if (!secret) return refused({ code: 'already_exists' });
      const written = await storeVersion(tx, { vault, installation }, caller, secret, value);
      return { ok: true, value: written };
    });
  };
}

async function lockOrCreate(tx: Tx, path: string, makeId: MakeId) {
  const known = (await tx.secrets.lock(path)) ?? (await tx.secrets.insert(makeId('scrt'), path));
  // Somebody else may have made it between the two. A path that differs in case is still not found.
  return known ?? tx.secrets.lock(path);
}

/** With all its versions, for good. */
export function createDeleteSecret(store: Store): DeleteSecret {
  return async (caller, path) => {
    const forbidden = needScope(caller, 'secrets:manage') ?? checkPath(path);
    if (forbidden) return forbidden;
    return store.transaction(async (tx) => {
      const secret = await tx.secrets.lock(path);
      if (!secret) return refused({ code: 'not_found' });
      await removeSecret(tx, caller, secret);
      return { ok: true, value: secret };
    });
  };
}
