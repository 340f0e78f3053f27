/** Secrets as a program handles them by name: operators change them as such, everybody else under a grant. Reading always takes one. */

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
  /** Under a grant. */
  readonly changeSecret: ChangeSecret;
  readonly manageSecret: ChangeSecret;
}

export function createSecretOperations(parts: SecretOperationsParts): SecretOperations {
  const { readSecret, obtainGrant, changeSecret, manageSecret } = parts;

  const change =
    <A extends keyof ChangeSecret>(action: A) =>
    async (caller: Caller, wish: Parameters<ChangeSecret[A]>[1]) => {
      if (may(caller, 'secrets:manage')) return manageSecret[action](caller, wish);
      const operation = action === 'delete' ? 'delete' : 'write';
      await obtainGrant(caller, { operation, resource: wish.resource });
      return changeSecret[action](caller, wish);
    };

  return {
    async read(caller, question) {
      await obtainGrant(caller, { operation: 'read', resource: question.resource });
      return readSecret(caller, question);
    },
    create: change('create'),
    update: change('update'),
    rotate: change('rotate'),
    delete: change('delete'),
  };
}
