/** Create, update, rotate and delete secrets, under a live grant or as an operator. A right to write is none to read: no answer holds a value. */

import type { Json } from '../../domain/canonical-json.js';
import { type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretChange, SecretMetadata } from '../../domain/secret.js';
import type { MakeId, MakeToken, Store, Tx, Vault } from '../../ports/index.js';
import type { Use } from '../approvals/use-grant.js';
import { requireScope } from '../authorization/require-scope.js';
import { type IdempotencyKey, type Idempotent, idempotencyKeyOf } from '../idempotent.js';
import { attemptUse } from './attempt-use.js';
import type { ChangeAuthorization } from './authorize-change.js';
import { newValue, type ValueInput } from './new-value.js';
import { checkPath, type EventFields, removeSecret, storeVersion } from './secret-versions.js';

/** `create` needs a path that is free; the others one that is not. */
export type WriteAction = 'create' | 'update' | 'rotate';

interface ChangeInput {
  readonly resource: string;
  /** The version that the caller has seen: another one is refused with `version_conflict`. */
  readonly expectedVersion?: number | undefined;
  /** The same change sent again under the same key is made once. */
  readonly idempotencyKey?: string | undefined;
}

export interface WriteInput extends ChangeInput, ValueInput {}

export type ChangeSecret = {
  readonly [A in WriteAction]: (caller: Caller, wish: WriteInput) => Promise<Result<SecretChange>>;
} & { delete(caller: Caller, wish: ChangeInput): Promise<Result<SecretChange>> };

export interface ChangeSecretParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly makeId: MakeId;
  readonly makeToken: MakeToken;
  readonly idempotent: Idempotent;
  readonly installation: string;
}

/** What becomes of the secret once there is a right to change it. The row is held; undefined when there is none. */
type Change = (
  tx: Tx,
  secret: SecretMetadata | undefined,
  under: EventFields,
) => Promise<Result<SecretChange>>;

export function createChangeSecret(
  parts: ChangeSecretParts,
  right: ChangeAuthorization,
): ChangeSecret {
  const checkWish = (caller: Caller, { resource }: ChangeInput) =>
    requireScope(caller, right.scope) ?? checkPath(resource);

  const change = (
    caller: Caller,
    use: Use,
    idempotencyKey: IdempotencyKey | undefined,
    make: Change,
  ) =>
    attemptUse(parts.store, caller, use, (tx) =>
      parts.idempotent(tx, idempotencyKey, async () => {
        const taken = await right.authorize(tx, caller, use);
        return taken.ok ? make(tx, taken.value.secret, taken.value.eventFields) : taken;
      }),
    );

  const write = (action: WriteAction) => async (caller: Caller, wish: WriteInput) => {
    const problem = checkWish(caller, wish);
    if (problem) return problem;
    const value = newValue(wish, parts.makeToken);
    if (!value.ok) return value;
    const use = { operation: 'write', resource: wish.resource } as const;
    const idempotencyKey = idempotencyKeyOf(caller, wish.idempotencyKey, questionOf(action, wish));
    return change(caller, use, idempotencyKey, async (tx, secret, under) => {
      const conflict = action === 'create' ? taken(secret) : outdated(secret, wish);
      if (conflict) return conflict;
      const known = secret ?? (await tx.secrets.insert(parts.makeId('scrt'), wish.resource));
      if (!known) return refused({ code: 'already_exists' });
      const details = { action, generated: wish.generate !== undefined };
      const record = { ...under, details };
      const { path, version } = await storeVersion(tx, parts, caller, known, value.value, record);
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
      const idempotencyKey = idempotencyKeyOf(
        caller,
        wish.idempotencyKey,
        questionOf('delete', wish),
      );
      return change(caller, use, idempotencyKey, async (tx, secret, under) => {
        if (!secret) return refused({ code: 'not_found' });
        const conflict = outdated(secret, wish);
        if (conflict) return conflict;
        await removeSecret(tx, caller, secret, under);
        return { ok: true, value: { resource: secret.path, version: secret.version } };
      });
    },
  };
}

const taken = (secret: SecretMetadata | undefined) => secret && refused({ code: 'already_exists' });

function outdated(secret: SecretMetadata | undefined, { expectedVersion }: ChangeInput) {
  if (!secret) return refused({ code: 'not_found' });
  const seen = expectedVersion ?? secret.version;
  return seen === secret.version ? undefined : refused({ code: 'version_conflict' });
}

const questionOf = (
  action: string,
  { resource, value, generate, expectedVersion }: WriteInput,
): Json => ({
  action,
  resource,
  value,
  generate: generate && { length: generate.length },
  expectedVersion,
});
