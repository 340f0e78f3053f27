/** Ends for ever all that a person could prove themselves with: API keys, unused link codes, and confirmed logins that no terminal has taken. */

import type { Actor } from '../../domain/audit-event.js';
import type { PersonId } from '../../domain/person.js';
import type { Tx } from '../../ports/index.js';

/** Logins come first: this waits for a terminal that is taking its key, so that this key is revoked too. */
export async function revokeCredentials(tx: Tx, person: PersonId, actor: Actor): Promise<void> {
  await tx.logins.void(person);
  await tx.linkCodes.void(person);
  for (const { id: key, principal } of await tx.principals.revokeKeysOf(person))
    tx.record({ type: 'key_revoked', actor, principal, details: { key, by: 'deactivation' } });
}
