/** Store a secret's value as an operator. The scope `secrets:manage` allows writing, listing and deleting, but not reading. */

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

/** Creates the secret or adds a version to it. Returns metadata, never the value. */
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
  // A concurrent transaction may have created it in between. A path that differs only in case is still not found.
  return known ?? tx.secrets.lock(path);
}
