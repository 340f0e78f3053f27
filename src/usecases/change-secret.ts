/** Create, update, rotate and delete secrets under a live grant. A right to write is none to read: no answer holds a value. */

import type { Json } from '../domain/canonical-json.js';
import type { Grant } from '../domain/grant.js';
import type { Digest, MakeId, MakeToken, Store, Tx, Vault } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { SecretChange, SecretMetadata } from '../domain/secret.js';
import { attemptUse } from './attempt-use.js';
import { needScope } from './need-scope.js';
import { newValue, type ValueWish } from './new-value.js';
import { type Memory, once, type Repeatable } from './once.js';
import { checkPath, removeSecret, storeVersion } from './stored-secret.js';
import { findGrant, type Use, useGrant } from './use-grant.js';

/** `create` needs a path that is free; the others one that is not. */
export type WriteAction = 'create' | 'update' | 'rotate';

interface Wish {
  readonly resource: string;
  /** The version that the caller has seen: another one is refused with `version_conflict`. */
  readonly expectedVersion?: number | undefined;
  /** The same change sent again under the same key is made once. */
  readonly idempotencyKey?: string | undefined;
}

export interface WriteWish extends Wish, ValueWish {}

export type ChangeSecret = {
  readonly [A in WriteAction]: (caller: Caller, wish: WriteWish) => Promise<Result<SecretChange>>;
} & { delete(caller: Caller, wish: Wish): Promise<Result<SecretChange>> };

export interface ChangeSecretParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly makeId: MakeId;
  readonly makeToken: MakeToken;
  readonly fingerprint: Digest;
  readonly installation: string;
}

/** What becomes of the secret once the grant allows it. The row is held; undefined when there is none. */
type Change = (
  tx: Tx,
  grant: Grant,
  secret: SecretMetadata | undefined,
) => Promise<Result<SecretChange>>;

export function createChangeSecret(parts: ChangeSecretParts): ChangeSecret {
  const write = (action: WriteAction) => async (caller: Caller, wish: WriteWish) => {
    const problem = checkWish(caller, wish);
    if (problem) return problem;
    const value = newValue(wish, parts.makeToken);
    if (!value.ok) return value;
    const use = { operation: 'write', resource: wish.resource } as const;
    return change(parts, caller, use, repeatable(action, wish), async (tx, grant, secret) => {
      const conflict = action === 'create' ? taken(secret) : outdated(secret, wish);
      if (conflict) return conflict;
      const known = secret ?? (await tx.secrets.insert(parts.makeId('scrt'), wish.resource));
      if (!known) return refused({ code: 'already_exists' });
      const details = { action, generated: wish.generate !== undefined };
      const under = { principal: caller.principal.id, grant: grant.id, details };
      const { path, version } = await storeVersion(tx, parts, caller, known, value.value, under);
      return { ok: true, value: { resource: path, version, previousVersion: secret?.version } };
    });
  };

  return {
    create: write('create'),
    update: write('update'),
    rotate: write('rotate'),

    async delete(caller, wish) {
      const problem = checkWish(caller, wish);
      if (problem) return problem;
      const use = { operation: 'delete', resource: wish.resource } as const;
      return change(parts, caller, use, repeatable('delete', wish), async (tx, grant, secret) => {
        if (!secret) return refused({ code: 'not_found' });
        const conflict = outdated(secret, wish);
        if (conflict) return conflict;
        const under = { principal: caller.principal.id, grant: grant.id };
        await removeSecret(tx, caller, secret, under);
        return { ok: true, value: { resource: secret.path, version: secret.version } };
      });
    },
  };
}

/**
 * The grant is looked for before the secret is, so that nobody without one learns whether it exists, and counted after it is held,
 * so that it cannot end while its row is waited for.
 */
function change(
  { store, fingerprint }: ChangeSecretParts,
  caller: Caller,
  use: Use,
  repeat: Repeatable,
  make: Change,
): Promise<Result<SecretChange>> {
  return attemptUse(store, caller, use, (tx) =>
    once(tx, caller, fingerprint, repeat, CHANGES, async () => {
      const found = await findGrant(tx, caller, use);
      if (!found.ok) return found;
      const secret = await tx.secrets.lock(use.resource);
      const grant = await useGrant(tx, caller, use);
      return grant.ok ? make(tx, grant.value, secret) : grant;
    }),
  );
}

/** What a change did never changes again, so all of it is kept. */
const CHANGES: Memory<SecretChange> = {
  keep: (change) => change,
  recall: async (kept) => ('resource' in kept ? kept : undefined),
};

const checkWish = (caller: Caller, { resource }: Wish) =>
  needScope(caller, 'grants:use') ?? checkPath(resource);

const taken = (secret: SecretMetadata | undefined) => secret && refused({ code: 'already_exists' });

function outdated(secret: SecretMetadata | undefined, { expectedVersion }: Wish) {
  if (!secret) return refused({ code: 'not_found' });
  const seen = expectedVersion ?? secret.version;
  return seen === secret.version ? undefined : refused({ code: 'version_conflict' });
}

function repeatable(action: string, { idempotencyKey, ...wish }: WriteWish): Repeatable {
  const { resource, value, generate, expectedVersion } = wish;
  const length = generate && { length: generate.length };
  const question: Json = { action, resource, value, generate: length, expectedVersion };
  return { key: idempotencyKey, question };
}
