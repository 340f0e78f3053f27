/** Store a secret's value, as an operator: `secrets:manage` writes, lists and deletes, it does not read. */

import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretMetadata } from '../../domain/secret.js';
import type { MakeId, Store, Tx, Vault } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { checkPath, checkSize, storeVersion } from './secret-versions.js';

export type WriteSecret = (
  caller: Caller,
  secret: { readonly path: string; readonly value: Uint8Array },
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<SecretMetadata>>;

export interface WriteSecretParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly vault: Vault;
  readonly makeId: MakeId;
  readonly installation: string;
}

/** Creates the secret or adds a version to it. Answers with metadata; the value goes in and never comes back this way. */
export function createWriteSecret({
  store,
  idempotent,
  makeId,
  ...sealing
}: WriteSecretParts): WriteSecret {
  return async (caller, { path, value }, idempotencyKey) => {
    const forbidden = requireScope(caller, 'secrets:manage') ?? checkPath(path) ?? checkSize(value);
    if (forbidden) return forbidden;
    return store.transaction((tx) =>
      idempotent(tx, idempotencyKey, async () => {
        const secret = await lockOrCreate(tx, path, makeId);
        if (!secret) return refused({ code: 'already_exists' });
        return ok(await storeVersion(tx, sealing, caller, secret, value));
      }),
    );
  };
}

async function lockOrCreate(tx: Tx, path: string, makeId: MakeId) {
  const known = (await tx.secrets.lock(path)) ?? (await tx.secrets.insert(makeId('scrt'), path));
  // Somebody else may have made it between the two. A path that differs in case is still not found.
  return known ?? tx.secrets.lock(path);
}
