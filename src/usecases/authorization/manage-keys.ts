/** Make, list and revoke API keys. A key is shown once, when it is made. */

import { keyActor } from '../../domain/audit-event.js';
import type { Person } from '../../domain/person.js';
import type { ApiKey, Principal } from '../../domain/principal.js';
import { type Result, refused } from '../../domain/result.js';
import { type Caller, CLASS_SCOPES } from '../../domain/rights.js';
import type { KeyClass, Scope } from '../../domain/vocabulary.js';
import type { KeyHasher, MakeId, Reads, Store, Tx } from '../../ports/index.js';
import type { IdempotencyKey, Idempotent, ReplayPolicy } from '../idempotent.js';
import { requireScope } from './require-scope.js';

export interface KeyRequest {
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
  /** Sent again under its key it is refused with `shown_once`: what was shown is kept nowhere. */
  create(
    caller: Caller,
    wish: KeyRequest,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<NewKey>>;
  revoke(caller: Caller, keyId: string, idempotencyKey?: IdempotencyKey): Promise<Result<ApiKey>>;
  list(caller: Caller): Promise<Result<readonly ListedKey[]>>;
}

/**
 * Who makes a key that can decide: `login`, its person, who confirms it in Slack; `admin`, whoever holds `keys:manage`, and it is on
 * record as that.
 */
export type HumanKeys = 'login' | 'admin';

export interface ManageKeysParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly hasher: KeyHasher;
  readonly makeId: MakeId;
  readonly humanKeys: HumanKeys;
}

/** Of a new key only its public part is kept: it is shown once. */
const SHOWN_ONCE: ReplayPolicy<NewKey, string> = {
  toStored: ({ key }) => key.id,
  replay: (key) => refused({ code: 'shown_once', made: `the key ${key}` }),
};

export function createManageKeys(parts: ManageKeysParts): ManageKeys {
  const { store, idempotent, hasher, makeId, humanKeys } = parts;
  const create = async (tx: Tx, caller: Caller, wish: KeyRequest): Promise<Result<NewKey>> => {
    if (decides(wish) && humanKeys === 'login') return refused(ITS_PERSON_ALONE);
    const made = await makeKey(tx, hasher, makeId, wish);
    if (made.ok)
      tx.record({
        type: 'key_created',
        actor: keyActor(caller),
        principal: made.value.principal.id,
        details: { ...keyDetails(made.value), ...(decides(wish) && { by: 'admin' }) },
      });
    return made;
  };

  return {
    async create(caller, wish, idempotencyKey) {
      const forbidden = requireScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return store.transaction((tx) =>
        idempotent(tx, idempotencyKey, () => create(tx, caller, wish), SHOWN_ONCE),
      );
    },

    async revoke(caller, keyId, idempotencyKey) {
      const forbidden = requireScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return store.transaction((tx) =>
        idempotent(tx, idempotencyKey, () => revokeKey(tx, caller, keyId)),
      );
    },

    async list(caller) {
      const forbidden = requireScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return { ok: true, value: await listKeys(store) };
    },
  };
}

const decides = ({ class: keyClass, scopes = CLASS_SCOPES[keyClass] }: KeyRequest) =>
  scopes.includes('approvals:decide') && CLASS_SCOPES[keyClass].includes('approvals:decide');

const ITS_PERSON_ALONE = {
  code: 'not_allowed',
  needs:
    'its person: they run `vsecure login` and confirm it in Slack. A key with --scopes other than approvals:decide can be made here, and VSECURE_HUMAN_KEYS=admin on the server lets administrators make all of them',
} as const;

async function revokeKey(tx: Tx, caller: Caller, keyId: string): Promise<Result<ApiKey>> {
  const key = await tx.principals.revokeKey(keyId);
  if (!key) return refused({ code: 'not_found' });
  tx.record({
    type: 'key_revoked',
    actor: keyActor(caller),
    principal: key.principal,
    details: { key: key.id },
  });
  return { ok: true, value: key };
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
  wish: KeyRequest,
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

async function principalFor(tx: Tx, makeId: MakeId, wish: KeyRequest, owner: Person) {
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
