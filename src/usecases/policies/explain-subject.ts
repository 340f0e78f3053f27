/** The key that an explanation is about: the caller's own, or another by its name. */

import type { PersonId } from '../../domain/person.js';
import type { Principal, PrincipalId } from '../../domain/principal.js';
import type { Requester } from '../../domain/requester-entry.js';
import { type Caller, effectiveScopes, may } from '../../domain/rights.js';
import type { Reads } from '../../ports/index.js';

export interface Subject {
  readonly id: PrincipalId;
  readonly owner: PersonId;
  readonly requester: Requester;
  /** Does the principal hold a valid key that may request access? */
  readonly mayAsk: boolean;
}

/** Undefined when there is no key of that name. */
export async function findSubject(
  store: Reads,
  caller: Caller,
  as: string | undefined,
): Promise<Subject | undefined> {
  if (as === undefined || as === caller.principal.name) return self(caller);
  const principal = await store.principals.byName(as);
  return principal && another(store, principal);
}

const self = (caller: Caller): Subject => ({
  id: caller.principal.id,
  owner: caller.owner.id,
  requester: { name: caller.principal.name, ownerEmail: caller.owner.email },
  mayAsk: may(caller, 'access:request'),
});

async function another(store: Reads, { id, name, owner, class: keyClass }: Principal) {
  const person = await store.people.find(owner);
  if (!person) return undefined;
  const now = await store.now();
  const keys = await store.principals.keys(id);
  const mayAsk = keys.some(
    ({ scopes, revokedAt, expiresAt }) =>
      !revokedAt &&
      (!expiresAt || now < expiresAt) &&
      effectiveScopes(scopes, keyClass, person.role).has('access:request'),
  );
  const requester = { name, ownerEmail: person.email };
  return { id, owner, requester, mayAsk: mayAsk && person.active };
}
