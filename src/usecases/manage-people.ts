/** Who is who: roles, whether somebody is still here, and which Slack account is theirs. */

import { type AuditEvent, keyActor } from '../domain/audit-event.js';
import type { Person, SlackAccount } from '../domain/person.js';
import type { Store, Tx } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { Role } from '../domain/vocabulary.js';
import { needScope } from './need-scope.js';

export interface PersonChange {
  readonly email: string;
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
}

export interface ManagePeople {
  list(caller: Caller): Promise<Result<readonly Person[]>>;
  set(caller: Caller, change: PersonChange): Promise<Result<Person>>;
  link(caller: Caller, email: string, account: SlackAccount): Promise<Result<Person>>;
}

export function createManagePeople(store: Store): ManagePeople {
  const manage = async <T>(
    caller: Caller,
    work: (tx: Tx) => Promise<Result<T>>,
  ): Promise<Result<T>> => needScope(caller, 'keys:manage') ?? store.transaction(work);

  return {
    async list(caller) {
      const forbidden = needScope(caller, 'keys:manage');
      return forbidden ?? { ok: true, value: await store.people.list() };
    },

    set: (caller, { email, role, active }) =>
      manage(caller, async (tx) => {
        const known = await tx.people.ensure(email);
        const changed = await change(tx, known, role, active);
        if (!changed) return refused({ code: 'version_conflict' });
        tx.record({ ...about(caller, changed), type: 'person_changed' });
        return { ok: true, value: changed };
      }),

    link: (caller, email, account) =>
      manage(caller, async (tx) => {
        const known = await tx.people.ensure(email);
        const linked = await tx.people.link(known.id, account);
        if (!linked) return refused({ code: 'already_exists' });
        tx.record({ ...about(caller, linked), type: 'slack_linked' });
        return { ok: true, value: linked };
      }),
  };
}

async function change(tx: Tx, person: Person, role?: Role, active?: boolean) {
  const promoted = role === undefined ? person : await tx.people.setRole(person.id, role);
  return active === undefined ? promoted : tx.people.setActive(person.id, active);
}

function about(caller: Caller, person: Person): Pick<AuditEvent, 'actor' | 'details'> {
  const { id, email, role, active, slack } = person;
  const accounts = slack.map(({ teamId, userId }) => `${teamId}/${userId}`);
  return { actor: keyActor(caller), details: { person: id, email, role, active, slack: accounts } };
}
