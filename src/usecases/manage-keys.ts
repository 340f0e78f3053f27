/** Make, list and revoke API keys. A key is shown once, when it is made. */

import { keyActor } from '../domain/audit-event.js';
import type { Person } from '../domain/person.js';
import type { KeyHasher, MakeId, Reads, Store, Tx } from '../domain/ports.js';
import type { ApiKey, Principal } from '../domain/principal.js';
import { type Result, refused } from '../domain/result.js';
import { type Caller, CLASS_SCOPES } from '../domain/rights.js';
import type { KeyClass, Scope } from '../domain/vocabulary.js';
import { needScope } from './need-scope.js';

export interface KeyWish {
  readonly name: string;
  readonly class: KeyClass;
  /** E-mail of the person it belongs to. */
  readonly owner: string;
  /** Undefined: everything that the class can hold. */
  readonly scopes?: readonly Scope[] | undefined;
  /** Milliseconds. Undefined: until revoked. */
  readonly ttl?: number | undefined;
  /** Another key for a principal that exists already (rotation). */
  readonly additional?: boolean | undefined;
}

export interface NewKey {
  readonly principal: Principal;
  readonly key: ApiKey;
  readonly owner: Person;
  /** The key itself. This is the only time anybody sees it. */
  readonly token: string;
}

export interface ListedKey {
  readonly key: ApiKey;
  readonly principal: Principal;
  readonly ownerEmail: string;
}

export interface ManageKeys {
  create(caller: Caller, wish: KeyWish): Promise<Result<NewKey>>;
  revoke(caller: Caller, keyId: string): Promise<Result<ApiKey>>;
  list(caller: Caller): Promise<Result<readonly ListedKey[]>>;
}

export function createManageKeys(store: Store, hasher: KeyHasher, makeId: MakeId): ManageKeys {
  return {
    async create(caller, wish) {
      const forbidden = needScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return store.transaction(async (tx) => {
        const made = await makeKey(tx, hasher, makeId, wish);
        if (made.ok)
          tx.record({
            type: 'key_created',
            actor: keyActor(caller),
            principal: made.value.principal.id,
            details: keyDetails(made.value),
          });
        return made;
      });
    },

    async revoke(caller, keyId) {
      const forbidden = needScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return store.transaction(async (tx) => {
        const key = await tx.principals.revokeKey(keyId);
        if (!key) return refused({ code: 'not_found' });
        tx.record({
          type: 'key_revoked',
          actor: keyActor(caller),
          principal: key.principal,
          details: { key: key.id },
        });
        return { ok: true, value: key };
      });
    },

    async list(caller) {
      const forbidden = needScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return { ok: true, value: await listKeys(store) };
    },
  };
}

/** All keys that ever were, without their secret part. Who may see them is for the caller to have settled. */
export async function listKeys(reads: Reads): Promise<readonly ListedKey[]> {
  const principals = new Map((await reads.principals.list()).map((one) => [one.id, one]));
  const people = new Map((await reads.people.list()).map((one) => [one.id, one]));
  return (await reads.principals.keys()).flatMap((key) => {
    const principal = principals.get(key.principal);
    const owner = principal && people.get(principal.owner);
    return principal && owner ? [{ key, principal, ownerEmail: owner.email }] : [];
  });
}

/** Makes the principal (unless another key of it is wished for), its owner and the key. Used for the first admin key too. */
export async function makeKey(
  tx: Tx,
  hasher: KeyHasher,
  makeId: MakeId,
  wish: KeyWish,
): Promise<Result<NewKey>> {
  const owner = await tx.people.ensure(wish.owner);
  const scopes = wish.scopes ?? CLASS_SCOPES[wish.class];
  const beyond = scopes.filter((scope) => !CLASS_SCOPES[wish.class].includes(scope));
  if (beyond.length > 0)
    return refused({
      code: 'invalid_input',
      problem: `A key of class ${wish.class} can never hold: ${beyond.join(', ')}.`,
    });
  const principal = await principalFor(tx, makeId, wish, owner);
  if (!principal) return refused({ code: 'already_exists' });
  const minted = hasher.mint(wish.class);
  const key = await tx.principals.insertKey(
    { id: minted.keyId, principal: principal.id, class: wish.class, scopes, hint: minted.hint },
    minted.hash,
    wish.ttl,
  );
  return { ok: true, value: { principal, key, owner, token: minted.token } };
}

async function principalFor(tx: Tx, makeId: MakeId, wish: KeyWish, owner: Person) {
  const { name, class: keyClass } = wish;
  if (!wish.additional)
    return tx.principals.insert({ id: makeId('prin'), name, class: keyClass, owner: owner.id });
  const existing = await tx.principals.byName(name);
  return existing?.class === keyClass && existing.owner === owner.id ? existing : undefined;
}

export const keyDetails = ({ key, principal, owner }: NewKey) => ({
  key: key.id,
  name: principal.name,
  class: key.class,
  owner: owner.email,
  scopes: key.scopes,
  expiresAt: key.expiresAt?.toISOString(),
});
