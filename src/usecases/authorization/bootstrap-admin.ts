/** The first admin key, or another when all are lost. Needs the database and the master key, so it is as strong as they are. */

import { systemActor } from '../../domain/audit-event.js';
import type { Result } from '../../domain/result.js';
import type { KeyHasher, MakeId, Store } from '../../ports/index.js';
import { keyDetails, makeKey, type NewKey } from './manage-keys.js';

/** Makes the person an admin and gives them a human key. Audited as the system's doing. */
export function createBootstrapAdmin(store: Store, hasher: KeyHasher, makeId: MakeId) {
  return (email: string): Promise<Result<NewKey>> =>
    store.transaction(async (tx) => {
      const person = await tx.people.ensure(email);
      await tx.people.setRole(person.id, 'admin');
      await tx.people.setActive(person.id, true);
      const taken = (await tx.principals.list()).filter(({ owner }) => owner === person.id).length;
      const name = `admin-${person.id.slice(-6)}-${taken + 1}`;
      const made = await makeKey(tx, hasher, makeId, { name, class: 'human', owner: email });
      if (made.ok)
        tx.record({
          type: 'key_created',
          actor: systemActor('admin:bootstrap'),
          principal: made.value.principal.id,
          details: keyDetails(made.value),
        });
      return made;
    });
}

/** True while nobody with the role `admin` exists: then the first start makes one. */
export async function needsFirstAdmin(store: Store): Promise<boolean> {
  return !(await store.people.list()).some(({ role }) => role === 'admin');
}
