/** Creates the first admin key, or another one when all are lost. It needs access to the database and the master key, so it gives no more power than those. */

import { systemActor } from '../../domain/audit-event.js';
import type { Result } from '../../domain/result.js';
import type { KeyHasher, MakeId, Store } from '../../ports/index.js';
import { reactivatePerson } from '../people/reactivate-person.js';
import { keyDetails, makeKey, type NewKey } from './manage-keys.js';

/** Makes the person an admin and creates a human key. The audit trail names the system as the actor. */
export function createBootstrapAdmin(store: Store, hasher: KeyHasher, makeId: MakeId) {
  return (email: string): Promise<Result<NewKey>> =>
    store.transaction(async (tx) => {
      const person = await tx.people.ensure(email);
      if (person.removed) await tx.people.restore(person.id);
      await tx.people.setRole(person.id, 'admin');
      await reactivatePerson(tx, person.id, systemActor('admin:bootstrap'));
      const principals = await tx.principals.list();
      const names = new Set(principals.map((one) => one.name));
      let number = principals.filter(({ owner }) => owner === person.id).length + 1;
      const nameOf = () => `admin-${person.id.slice(-6)}-${number}`;
      // In earlier versions any key could have such a name.
      while (names.has(nameOf())) number += 1;
      const name = nameOf();
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

/** Whether no person has the role `admin`. Then the first start creates one. */
export async function needsFirstAdmin(store: Store): Promise<boolean> {
  return !(await store.people.list()).some(({ role }) => role === 'admin');
}
