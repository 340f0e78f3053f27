/** Store a secret's value as an operator. The scope `secrets:manage` allows writing, listing and deleting, but not reading. */

import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretMetadata } from '../../domain/secret.js';
import type { MakeId, Store, Tx } from '../../ports/index.js';
import { changeAs } from '../authorization/change-as.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import {
  checkPath,
  checkSize,
  isStored,
  recordUnchanged,
  type Sealing,
  storeVersion,
} from './secret-versions.js';

export type WriteSecret = (
  caller: Caller,
  secret: SecretWrite,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<WrittenSecret>>;

export interface SecretWrite {
  readonly path: string;
  readonly value: Uint8Array;
  /** Store no new version when the latest one has this value. */
  readonly skipUnchanged?: boolean | undefined;
}

/** `unchanged`: the value was stored already, and no version was added. */
export type WrittenSecret = SecretMetadata & { readonly unchanged?: true };

export interface WriteSecretParts extends Sealing {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly makeId: MakeId;
}

/** Creates the secret or adds a version to it. Returns metadata, never the value. */
export function createWriteSecret({
  store,
  idempotent,
  makeId,
  ...sealing
}: WriteSecretParts): WriteSecret {
  return async (caller, { path, value, skipUnchanged }, idempotencyKey) => {
    const forbidden = requireScope(caller, 'secrets:manage') ?? checkPath(path) ?? checkSize(value);
    if (forbidden) return forbidden;
    return changeAs({ store, idempotent }, caller, idempotencyKey, async (tx) => {
      const secret = await lockOrCreate(tx, path, makeId);
      if (!secret) return refused({ code: 'already_exists' });
      if (skipUnchanged && (await isStored(tx, sealing, secret, value))) {
        recordUnchanged(tx, caller, secret);
        return ok<WrittenSecret>({ ...secret, unchanged: true });
      }
      return ok<WrittenSecret>(await storeVersion(tx, sealing, caller, secret, value));
    });
  };
}

async function lockOrCreate(tx: Tx, path: string, makeId: MakeId) {
  const known = (await tx.secrets.lock(path)) ?? (await tx.secrets.insert(makeId('scrt'), path));
  // A concurrent transaction may have created it in between. A path that differs only in case is still not found.
  return known ?? tx.secrets.lock(path);
}
