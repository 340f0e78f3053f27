/** At every start: is this database ours, and sealed with the master key that we hold? */

import { systemActor } from '../domain/audit-event.js';
import type { Installation, MakeId, Store } from '../ports/index.js';

/** The database was sealed with another master key than the one that was given. */
export class WrongMasterKeyError extends Error {
  override readonly name = 'WrongMasterKeyError';
  readonly code = 'wrong_master_key';

  constructor() {
    super(
      'the master key is not the one this database was sealed with: give the right VSECURE_MASTER_KEY or VSECURE_MASTER_KEY_FILE',
    );
  }
}

/** Makes the installation at the first start. Throws WrongMasterKeyError before anything is read or written with a wrong key. */
export async function openInstallation(
  store: Store,
  makeId: MakeId,
  keyCheck: Uint8Array,
): Promise<Installation> {
  const known = (await store.installation.find()) ?? (await create(store, makeId, keyCheck));
  if (!Buffer.from(known.keyCheck).equals(keyCheck)) throw new WrongMasterKeyError();
  return known;
}

/** Two processes may start at once: the table holds one row, so the slower one finds the faster one's. */
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
