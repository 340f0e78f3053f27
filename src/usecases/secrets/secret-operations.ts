/** Secret operations for programs (REST, SDK): operators change secrets with `secrets:manage`, other callers need a grant. Reading always needs a grant. */

import { type Caller, may } from '../../domain/rights.js';
import type { ObtainGrant } from '../approvals/obtain-grant.js';
import type { ChangeSecret } from './change-secret.js';
import type { ReadSecret } from './read-secret.js';

export interface SecretOperations extends ChangeSecret {
  readonly read: ReadSecret;
}

export interface SecretOperationsParts {
  readonly readSecret: ReadSecret;
  readonly obtainGrant: ObtainGrant;
  /** Changes under a grant. */
  readonly changeSecret: ChangeSecret;
  /** Changes as an operator. */
  readonly manageSecret: ChangeSecret;
}

export function createSecretOperations(parts: SecretOperationsParts): SecretOperations {
  const { readSecret, obtainGrant, changeSecret, manageSecret } = parts;

  const change =
    <A extends keyof ChangeSecret>(action: A) =>
    async (caller: Caller, input: Parameters<ChangeSecret[A]>[1]) => {
      if (may(caller, 'secrets:manage')) return manageSecret[action](caller, input);
      const operation = action === 'delete' ? 'delete' : 'write';
      await obtainGrant(caller, { operation, resource: input.resource });
      return changeSecret[action](caller, input);
    };

  return {
    async read(caller, reference) {
      await obtainGrant(caller, { operation: 'read', resource: reference.resource });
      return readSecret(caller, reference);
    },
    create: change('create'),
    update: change('update'),
    rotate: change('rotate'),
    delete: change('delete'),
  };
}
