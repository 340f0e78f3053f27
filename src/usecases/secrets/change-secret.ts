/** Create, update, rotate and delete secrets, under an active grant or as an operator. No answer contains a value, because the right to write does not include reading. */

import type { Json } from '../../domain/canonical-json.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretChange, SecretMetadata } from '../../domain/secret.js';
import type { MakeId, MakeToken, Store, Tx } from '../../ports/index.js';
import type { Use } from '../approvals/use-grant.js';
import { refuseEnded } from '../authorization/change-as.js';
import { requireScope } from '../authorization/require-scope.js';
import { type IdempotencyKey, type Idempotent, idempotencyKeyOf } from '../idempotent.js';
import { attemptUse } from './attempt-use.js';
import type { ChangeAuthorization } from './authorize-change.js';
import { newValue, type ValueInput } from './new-value.js';
import {
  checkPath,
  type EventFields,
  removeSecret,
  type Sealing,
  storeVersion,
} from './secret-versions.js';

/** `create` needs an unused path, the others an existing secret. */
export type WriteAction = 'create' | 'update' | 'rotate';

interface ChangeInput {
  readonly resource: string;
  /** The version that the caller expects. If the secret has another version, the change is refused with `version_conflict`. */
  readonly expectedVersion?: number | undefined;
  /** A retry of the same change under the same key changes nothing. */
  readonly idempotencyKey?: string | undefined;
}

export interface WriteInput extends ChangeInput, ValueInput {}

export type ChangeSecret = {
  readonly [A in WriteAction]: (caller: Caller, input: WriteInput) => Promise<Result<SecretChange>>;
} & { delete(caller: Caller, input: ChangeInput): Promise<Result<SecretChange>> };

export interface ChangeSecretParts extends Sealing {
  readonly store: Store;
  readonly makeId: MakeId;
  readonly makeToken: MakeToken;
  readonly idempotent: Idempotent;
}

/** Changes the secret after authorisation. Its row is locked; undefined when the secret does not exist. */
type Change = (
  tx: Tx,
  secret: SecretMetadata | undefined,
  eventFields: EventFields,
) => Promise<Result<SecretChange>>;

export function createChangeSecret(
  parts: ChangeSecretParts,
  authorization: ChangeAuthorization,
): ChangeSecret {
  const checkInput = (caller: Caller, { resource }: ChangeInput) =>
    requireScope(caller, authorization.scope) ?? checkPath(resource);

  const change = (
    caller: Caller,
    use: Use,
    idempotencyKey: IdempotencyKey | undefined,
    make: Change,
  ) =>
    attemptUse(
      parts.store,
      caller,
      use,
      async (tx) =>
        (await refuseEnded(tx, caller)) ??
        parts.idempotent(tx, idempotencyKey, async () => {
          const authorized = await authorization.authorize(tx, caller, use);
          return authorized.ok
            ? make(tx, authorized.value.secret, authorized.value.eventFields)
            : authorized;
        }),
    );

  const write = (action: WriteAction) => async (caller: Caller, input: WriteInput) => {
    const problem = checkInput(caller, input);
    if (problem) return problem;
    const value = newValue(input, parts.makeToken);
    if (!value.ok) return value;
    const use = { operation: 'write', resource: input.resource } as const;
    const idempotencyKey = idempotencyKeyOf(
      caller,
      input.idempotencyKey,
      requestContent(action, input),
    );
    const stored = change(caller, use, idempotencyKey, async (tx, secret, eventFields) => {
      const conflict = action === 'create' ? taken(secret) : outdated(secret, input);
      if (conflict) return conflict;
      const known = secret ?? (await tx.secrets.insert(parts.makeId('scrt'), input.resource));
      if (!known) return refused({ code: 'already_exists' });
      const details = { action, generated: input.generate !== undefined };
      const record = { ...eventFields, details };
      const { path, version } = await storeVersion(tx, parts, caller, known, value.value, record);
      return ok({ resource: path, version, previousVersion: secret?.version });
    });
    // Not in the transaction, which may run twice.
    return stored.finally(() => value.value.fill(0));
  };

  return {
    create: write('create'),
    update: write('update'),
    rotate: write('rotate'),

    async delete(caller, input) {
      const problem = checkInput(caller, input);
      if (problem) return problem;
      const use = { operation: 'delete', resource: input.resource } as const;
      const idempotencyKey = idempotencyKeyOf(
        caller,
        input.idempotencyKey,
        requestContent('delete', input),
      );
      return change(caller, use, idempotencyKey, async (tx, secret, eventFields) => {
        if (!secret) return refused({ code: 'not_found' });
        const conflict = outdated(secret, input);
        if (conflict) return conflict;
        await removeSecret(tx, caller, secret, eventFields);
        return ok({ resource: secret.path, version: secret.version });
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

const requestContent = (
  action: string,
  { resource, value, generate, expectedVersion }: WriteInput,
): Json => ({
  action,
  resource,
  value,
  generate: generate && { length: generate.length },
  expectedVersion,
});
