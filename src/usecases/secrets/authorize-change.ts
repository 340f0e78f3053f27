/** Authorise the change of a secret: under an active grant, or as an operator. */

import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretMetadata } from '../../domain/secret.js';
import type { Scope } from '../../domain/vocabulary.js';
import type { Tx } from '../../ports/index.js';
import { findGrant, type Use, useGrant } from '../approvals/use-grant.js';
import type { EventFields } from './secret-versions.js';

export interface ChangeAuthorization {
  /** The scope that the caller needs before anything is read. */
  readonly scope: Scope;
  /** Locks the secret's row, if it exists. */
  authorize(tx: Tx, caller: Caller, use: Use): Promise<Result<AuthorizedChange>>;
}

interface AuthorizedChange {
  readonly secret: SecretMetadata | undefined;
  /** Fields for the audit event of the change. */
  readonly eventFields: EventFields;
}

/**
 * Looks for the grant before the secret, so that a caller without a grant does not learn whether the secret exists. Counts the use
 * after the secret's row is locked, so that the grant cannot end while this waits for the lock.
 */
export const UNDER_GRANT: ChangeAuthorization = {
  scope: 'grants:use',
  async authorize(tx, caller, use) {
    const found = await findGrant(tx, caller, use);
    if (!found.ok) return found;
    const secret = await tx.secrets.lock(use.resource);
    const grant = await useGrant(tx, caller, use);
    if (!grant.ok) return grant;
    return ok({ secret, eventFields: { principal: caller.principal.id, grant: grant.value.id } });
  },
};

/** `secrets:manage` writes, lists and deletes; it never reads. */
export const AS_OPERATOR: ChangeAuthorization = {
  scope: 'secrets:manage',
  authorize: async (tx, _caller, use) =>
    ok({ secret: await tx.secrets.lock(use.resource), eventFields: {} }),
};
