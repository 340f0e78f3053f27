/** Deactivate a person: their keys are revoked for ever, their pending requests are cancelled and their grants revoked. */

import type { Actor } from '../../domain/audit-event.js';
import type { Person, PersonId } from '../../domain/person.js';
import type { Tx } from '../../ports/index.js';
import { stopPrincipal } from '../authorization/stop-principal.js';
import { personDetails } from './person-details.js';
import { revokeCredentials } from './revoke-credentials.js';

const WHY = 'The owner of the key was deactivated.';

/** Undefined when the person was not active. */
export async function deactivatePerson(
  tx: Tx,
  id: PersonId,
  actor: Actor,
): Promise<Person | undefined> {
  const person = await tx.people.deactivate(id);
  if (!person) return undefined;
  await revokeCredentials(tx, id, actor);
  const owned = (await tx.principals.list()).filter(({ owner }) => owner === id);
  for (const { id: principal } of owned) {
    await tx.principals.lock(principal);
    await stopPrincipal(tx, { principal, actor, why: WHY });
  }
  tx.record({ type: 'person_changed', actor, details: personDetails(person) });
  return person;
}
