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
  /**
   * Deactivates the person, unlinks their Slack account and takes them off the list. The row stays, because votes, keys and the audit trail name
   * it. `set` adds the same address again, as a member without keys.
   */
  remove(caller: Caller, email: string, idempotencyKey?: IdempotencyKey): Promise<Result<Person>>;
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
      return forbidden ?? ok((await store.people.list()).filter(({ removed }) => !removed));
    },

    remove: (caller, email, idempotencyKey) =>
      manage(caller, idempotencyKey, async (tx) => remove(tx, caller, email)),

    set: (caller, personChange, idempotencyKey) =>
      manage(caller, idempotencyKey, async (tx) =>
        change(tx, caller, await tx.people.ensure(personChange.email), personChange),
      ),

    link: (caller, email, account, idempotencyKey) =>
      manage(caller, idempotencyKey, async (tx) => {
        const known = await tx.people.ensure(email);
        if (known.removed) return refused({ code: 'person_inactive' });
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
  { role, active = person.removed || undefined }: PersonChange,
): Promise<Result<Person>> {
  if (active === false || (role !== undefined && role !== 'admin')) {
    const isLast = await isLastAdministrator(tx, person);
    if (isLast) return refused(LAST_ADMINISTRATOR);
  }
  if (person.removed) await tx.people.restore(person.id);
  const changed = role === undefined ? person : await tx.people.setRole(person.id, role);
  const switchTo = active ? reactivatePerson : deactivatePerson;
  const switched =
    active === undefined ? undefined : await switchTo(tx, person.id, keyActor(caller));
  if (switched) return ok(switched);
  if (!changed) return refused({ code: 'version_conflict' });
  tx.record({ ...about(caller, changed), type: 'person_changed' });
  return ok(changed);
}

async function remove(tx: Tx, caller: Caller, email: string): Promise<Result<Person>> {
  const person = await tx.people.byEmail(email);
  if (!person || person.removed) return refused({ code: 'not_found' });
  if (await isLastAdministrator(tx, person)) return refused(LAST_ADMINISTRATOR);
  await deactivatePerson(tx, person.id, keyActor(caller));
  const removed = await tx.people.remove(person.id);
  if (!removed) return refused({ code: 'version_conflict' });
  const { actor, details } = about(caller, removed);
  tx.record({ type: 'person_changed', actor, details: { ...details, removed: true } });
  return ok(removed);
}

/** Locks the administrators, so that the answer holds until the transaction ends. */
async function isLastAdministrator(tx: Tx, { id }: Person): Promise<boolean> {
  const administrators = await tx.people.lockAdministrators();
  return administrators.length === 1 && administrators[0] === id;
}

const LAST_ADMINISTRATOR = {
  code: 'not_allowed',
  needs: 'another active administrator, because this person is the last one',
} as const;

const about = (caller: Caller, person: Person): Pick<AuditEvent, 'actor' | 'details'> => ({
  actor: keyActor(caller),
  details: personDetails(person),
});
