/** Reactivate a person. Their earlier keys stay revoked: they need a new key, or confirm a new login in Slack. */

import type { Actor } from '../../domain/audit-event.js';
import type { Person, PersonId } from '../../domain/person.js';
import type { Tx } from '../../ports/index.js';
import { personDetails } from './person-details.js';
import { revokeCredentials } from './revoke-credentials.js';

/**
 * Undefined when the person was active. Revokes again, for keys that were created while the person was inactive and for people that an
 * earlier version deactivated without revoking their keys.
 */
export async function reactivatePerson(
  tx: Tx,
  id: PersonId,
  actor: Actor,
): Promise<Person | undefined> {
  const person = await tx.people.reactivate(id);
  if (!person) return undefined;
  await revokeCredentials(tx, id, actor);
  tx.record({ type: 'person_changed', actor, details: personDetails(person) });
  return person;
}
