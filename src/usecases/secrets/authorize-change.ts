/** By what right a secret is changed: under a live grant, or as an operator. */

import { ok, type Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretMetadata } from '../../domain/secret.js';
import type { Scope } from '../../domain/vocabulary.js';
import type { Tx } from '../../ports/index.js';
import { findGrant, type Use, useGrant } from '../approvals/use-grant.js';
import type { EventFields } from './secret-versions.js';

export interface ChangeAuthorization {
  /** Without it nothing is even looked for. */
  readonly scope: Scope;
  /** Holds the secret's row, where there is one. */
  authorize(tx: Tx, caller: Caller, use: Use): Promise<Result<AuthorizedChange>>;
}

interface AuthorizedChange {
  readonly secret: SecretMetadata | undefined;
  /** For the record of the change. */
  readonly eventFields: EventFields;
}

/**
 * The grant is looked for before the secret is, so that nobody without one learns whether it exists, and counted after it is held,
 * so that it cannot end while its row is waited for.
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
