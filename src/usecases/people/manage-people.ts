/** Manage people: roles, activation and linked Slack accounts. */

import { type AuditEvent, keyActor } from '../../domain/audit-event.js';
import type { Person, SlackAccount } from '../../domain/person.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Role } from '../../domain/vocabulary.js';
import type { Store, Tx } from '../../ports/index.js';
import { changeAs } from '../authorization/change-as.js';
import { requireAdministrator } from '../authorization/require-administrator.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { deactivatePerson } from './deactivate-person.js';
import { personDetails } from './person-details.js';
import { reactivatePerson } from './reactivate-person.js';

export interface PersonChange {
  readonly email: string;
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
}

/** Only an administrator's human key can change a person or link an account. The scope `keys:manage` is enough to list people. */
export interface ManagePeople {
  list(caller: Caller): Promise<Result<readonly Person[]>>;
  set(
    caller: Caller,
    change: PersonChange,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<Person>>;
  link(
    caller: Caller,
    email: string,
    account: SlackAccount,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<Person>>;
}

export function createManagePeople(store: Store, idempotent: Idempotent): ManagePeople {
  const manage = async <T>(
    caller: Caller,
    idempotencyKey: IdempotencyKey | undefined,
    work: (tx: Tx) => Promise<Result<T>>,
  ): Promise<Result<T>> =>
    requireAdministrator(caller) ?? changeAs({ store, idempotent }, caller, idempotencyKey, work);

  return {
    async list(caller) {
      const forbidden = requireScope(caller, 'keys:manage');
      return forbidden ?? ok(await store.people.list());
    },

    set: (caller, personChange, idempotencyKey) =>
      manage(caller, idempotencyKey, async (tx) =>
        change(tx, caller, await tx.people.ensure(personChange.email), personChange),
      ),

    link: (caller, email, account, idempotencyKey) =>
      manage(caller, idempotencyKey, async (tx) => {
        const known = await tx.people.ensure(email);
        const linked = await tx.people.link(known.id, account);
        if (!linked) return refused({ code: 'already_exists' });
        tx.record({ ...about(caller, linked), type: 'slack_linked' });
        return ok(linked);
      }),
  };
}

/** Deactivation also revokes the person's keys and grants and cancels their requests. The last active administrator stays one. */
async function change(
  tx: Tx,
  caller: Caller,
  person: Person,
  { role, active }: PersonChange,
): Promise<Result<Person>> {
  if (active === false || (role !== undefined && role !== 'admin')) {
    const administrators = await tx.people.lockAdministrators();
    if (administrators.length === 1 && administrators[0] === person.id)
      return refused(LAST_ADMINISTRATOR);
  }
  const changed = role === undefined ? person : await tx.people.setRole(person.id, role);
  const switchTo = active ? reactivatePerson : deactivatePerson;
  const switched =
    active === undefined ? undefined : await switchTo(tx, person.id, keyActor(caller));
  if (switched) return ok(switched);
  if (!changed) return refused({ code: 'version_conflict' });
  tx.record({ ...about(caller, changed), type: 'person_changed' });
  return ok(changed);
}

const LAST_ADMINISTRATOR = {
  code: 'not_allowed',
  needs: 'another active administrator, because this person is the last one',
} as const;

const about = (caller: Caller, person: Person): Pick<AuditEvent, 'actor' | 'details'> => ({
  actor: keyActor(caller),
  details: personDetails(person),
});
