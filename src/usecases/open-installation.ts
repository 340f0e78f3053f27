/** Checks at every start that this database was sealed with the server's master key. */

import { systemActor } from '../domain/audit-event.js';
import type { Installation, MakeId, Store } from '../ports/index.js';

/** The configured master key is not the one that the database was sealed with. */
export class WrongMasterKeyError extends Error {
  override readonly name = 'WrongMasterKeyError';
  readonly code = 'wrong_master_key';

  constructor() {
    super(
      'the master key does not match this database: set VSECURE_MASTER_KEY or VSECURE_MASTER_KEY_FILE to the key that the database was created with',
    );
  }
}

/** Creates the installation at the first start. Throws WrongMasterKeyError before the server reads or writes anything with a wrong key. */
export async function openInstallation(
  store: Store,
  makeId: MakeId,
  keyCheck: Uint8Array,
): Promise<Installation> {
  const known = (await store.installation.find()) ?? (await create(store, makeId, keyCheck));
  requireMasterKey(known, keyCheck);
  return known;
}

/** Throws WrongMasterKeyError unless the installation was sealed with the master key of this check value. */
export function requireMasterKey(installation: Installation, keyCheck: Uint8Array): void {
  if (!Buffer.from(installation.keyCheck).equals(keyCheck)) throw new WrongMasterKeyError();
}

/** Two processes may start at once. The table can hold one row only, so the slower process finds the row of the faster one. */
async function create(store: Store, makeId: MakeId, keyCheck: Uint8Array): Promise<Installation> {
  const installation = { id: makeId('inst'), keyCheck };
  try {
    await store.transaction(async (tx) => {
      await tx.installation.insert(installation);
      tx.record({
        type: 'installation_created',
        actor: systemActor('serve'),
        details: { installation: installation.id },
      });
    });
    return installation;
  } catch (error) {
    const other = await store.installation.find();
    if (other) return other;
    throw error;
  }
}
