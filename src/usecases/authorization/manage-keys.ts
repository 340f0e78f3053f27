/** Create, list and revoke API keys. A key is shown once, when it is created. */

import { keyActor } from '../../domain/audit-event.js';
import type { Person } from '../../domain/person.js';
import type { ApiKey, Principal } from '../../domain/principal.js';
import { looksLikeAddress } from '../../domain/requester-entry.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, CLASS_SCOPES } from '../../domain/rights.js';
import type { KeyClass, Scope } from '../../domain/vocabulary.js';
import type { KeyHasher, MakeId, Reads, Store, Tx } from '../../ports/index.js';
import type { IdempotencyKey, Idempotent, ShownOnce } from '../idempotent.js';
import type { LinkApprovers, Resolution } from '../policies/link-approvers.js';
import { changeAs } from './change-as.js';
import { requireAdministrator } from './require-administrator.js';
import { requireScope } from './require-scope.js';
import { stopPrincipal } from './stop-principal.js';

export interface KeyRequest {
  readonly name: string;
  readonly class: KeyClass;
  /** E-mail address of the owner. */
  readonly owner: string;
  /** Undefined: all scopes that the class can have. */
  readonly scopes?: readonly Scope[] | undefined;
  /** Milliseconds. Undefined: the key does not expire. */
  readonly ttl?: number | undefined;
  /** Create another key for an existing principal (rotation). */
  readonly additional?: boolean | undefined;
}

export interface NewKey {
  readonly principal: Principal;
  readonly key: ApiKey;
  readonly owner: Person;
  /** The key itself. It is shown only this once. */
  readonly token: string;
}

/** A new key, and whether its owner gets direct messages about its requests. Undefined for keys that never ask. */
export interface CreatedKey extends NewKey {
  readonly ownerInSlack?: Resolution | undefined;
}

export interface ListedKey {
  readonly key: ApiKey;
  readonly principal: Principal;
  readonly ownerEmail: string;
}

export interface ManageKeys {
  /**
   * A human key, and a further key of an existing principal, are created by an administrator's human key only; a service key gives another
   * service key no scope that it does not have itself. A retry under the same idempotency key gets the key again for ten minutes,
   * and is refused with `shown_once` afterwards.
   */
  create(
    caller: Caller,
    request: KeyRequest,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<CreatedKey>>;
  revoke(caller: Caller, keyId: string, idempotencyKey?: IdempotencyKey): Promise<Result<ApiKey>>;
  list(caller: Caller): Promise<Result<readonly ListedKey[]>>;
}

/**
 * Who may create a key that can decide. `login`: only its owner, who confirms it in Slack. `admin`: also an administrator's
 * human key, and the audit trail says so.
 */
export type HumanKeys = 'login' | 'admin';

export interface ManageKeysParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly hasher: KeyHasher;
  readonly makeId: MakeId;
  readonly humanKeys: HumanKeys;
  readonly linkApprovers: LinkApprovers;
}

/** The key itself is kept sealed, and for a few minutes only. */
export const NEW_KEY: ShownOnce<NewKey, Omit<NewKey, 'token'>> = {
  split: ({ token, ...rest }) => ({ rest, secret: token }),
  join: (rest, token = '') => ({ ...rest, token }),
  made: ({ key }) => `the key ${key.id}`,
};

export function createManageKeys(parts: ManageKeysParts): ManageKeys {
  const { store, hasher, makeId, humanKeys } = parts;
  const create = async (tx: Tx, caller: Caller, request: KeyRequest): Promise<Result<NewKey>> => {
    const problem = request.additional ? undefined : badName(request.name);
    if (problem) return refused({ code: 'invalid_input', problem });
    if (decides(request) && humanKeys === 'login') return refused(ONLY_BY_OWNER);
    const made = await makeKey(tx, hasher, makeId, request);
    if (made.ok)
      tx.record({
        type: 'key_created',
        actor: keyActor(caller),
        principal: made.value.principal.id,
        details: { ...keyDetails(made.value), ...(decides(request) && { by: 'admin' }) },
      });
    return made;
  };

  return {
    async create(caller, request, idempotencyKey) {
      const forbidden = whyNotCreated(caller, request);
      if (forbidden) return forbidden;
      const made = await changeAs(
        parts,
        caller,
        idempotencyKey,
        (tx) => create(tx, caller, request),
        NEW_KEY,
      );
      if (!made.ok || request.class === 'service') return made;
      const ownerInSlack = await linkOwner(parts.linkApprovers, made.value.owner.email);
      return ok({ ...made.value, ownerInSlack });
    },

    async revoke(caller, keyId, idempotencyKey) {
      const forbidden = requireScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return changeAs(parts, caller, idempotencyKey, (tx) => revokeKey(tx, caller, keyId));
    },

    async list(caller) {
      const forbidden = requireScope(caller, 'keys:manage');
      if (forbidden) return forbidden;
      return ok(await listKeys(store));
    },
  };
}

/** A service key never gives itself more through a key that it creates: neither the grants of an agent, nor rights, nor a person's vote. */
function whyNotCreated(caller: Caller, request: KeyRequest) {
  if (request.class === 'human' || request.additional) return requireAdministrator(caller);
  const forbidden = requireScope(caller, 'keys:manage');
  if (forbidden || request.class !== 'service') return forbidden;
  const { service } = CLASS_SCOPES;
  const lacks = (request.scopes ?? service).filter(
    (scope) => service.includes(scope) && !caller.scopes.has(scope),
  );
  if (lacks.length === 0) return undefined;
  return refused({
    code: 'not_allowed',
    needs: `a key that itself has the scopes of the new one: yours lacks ${lacks.join(', ')}`,
  });
}

/** After the transaction, because it asks Slack. It never fails: the key exists, and only this answer contains it. */
async function linkOwner(linkApprovers: LinkApprovers, owner: string): Promise<Resolution> {
  try {
    return (await linkApprovers([owner])).get(owner) ?? 'unavailable';
  } catch {
    return 'unavailable';
  }
}

const decides = ({ class: keyClass, scopes = CLASS_SCOPES[keyClass] }: KeyRequest) =>
  scopes.includes('approvals:decide') && CLASS_SCOPES[keyClass].includes('approvals:decide');

const ONLY_BY_OWNER = {
  code: 'not_allowed',
  needs:
    'the owner of the key: they run `vsecure login` and confirm it in Slack. You can create a key without the scope approvals:decide (--scopes). With VSECURE_HUMAN_KEYS=admin on the server, administrators can create all keys',
} as const;

function badName(name: string): string | undefined {
  if (looksLikeAddress(name)) return LIKE_ADDRESS;
  return RESERVED.test(name) ? IS_RESERVED : undefined;
}

/** Names are never used again: a key with one of these would prevent a login or the recovery of an administrator. */
const RESERVED = /^(login\.|admin-)/i;
const IS_RESERVED =
  'A name that begins with "login." or "admin-" is for the keys that a login or admin:bootstrap makes. Choose another name.';

const LIKE_ADDRESS =
  'The name of a key may not look like an e-mail address: use no @. The owner is named beside it everywhere.';

const WHY = 'The key was revoked.';

/** Open waits of the key end. With its last live key, a principal also loses its pending requests and its grants. */
async function revokeKey(tx: Tx, caller: Caller, keyId: string): Promise<Result<ApiKey>> {
  const key = await tx.principals.revokeKey(keyId);
  if (!key) return refused({ code: 'not_found' });
  tx.record({
    type: 'key_revoked',
    actor: keyActor(caller),
    principal: key.principal,
    details: { key: key.id },
  });
  await tx.principals.lock(key.principal);
  if ((await tx.principals.liveKeys(key.principal)).length === 0)
    await stopPrincipal(tx, { principal: key.principal, actor: keyActor(caller), why: WHY });
  else for (const id of await tx.approvals.pendingOf(key.principal)) await tx.wake(id);
  return ok(key);
}

/** All keys, including revoked ones, without their secret part. The caller must check the permission. */
export async function listKeys(reads: Reads): Promise<readonly ListedKey[]> {
  const principals = new Map((await reads.principals.list()).map((one) => [one.id, one]));
  const people = new Map((await reads.people.list()).map((one) => [one.id, one]));
  return (await reads.principals.keys()).flatMap((key) => {
    const principal = principals.get(key.principal);
    const owner = principal && people.get(principal.owner);
    return principal && owner ? [{ key, principal, ownerEmail: owner.email }] : [];
  });
}

/** Creates the key, and where needed its owner and (unless `additional`) its principal. */
export async function makeKey(
  tx: Tx,
  hasher: KeyHasher,
  makeId: MakeId,
  request: KeyRequest,
): Promise<Result<NewKey>> {
  const owner = await tx.people.ensure(request.owner);
  const scopes = request.scopes ?? CLASS_SCOPES[request.class];
  const beyond = scopes.filter((scope) => !CLASS_SCOPES[request.class].includes(scope));
  if (beyond.length > 0)
    return refused({
      code: 'invalid_input',
      problem: `A key of class ${request.class} can never hold: ${beyond.join(', ')}.`,
    });
  const principal = await principalFor(tx, makeId, request, owner);
  if (!principal) return refused({ code: 'already_exists' });
  const minted = hasher.mint(request.class);
  const key = await tx.principals.insertKey(
    { id: minted.keyId, principal: principal.id, class: request.class, scopes, hint: minted.hint },
    minted.hash,
    request.ttl,
  );
  return ok({ principal, key, owner, token: minted.token });
}

async function principalFor(tx: Tx, makeId: MakeId, request: KeyRequest, owner: Person) {
  const { name, class: keyClass } = request;
  if (!request.additional)
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
