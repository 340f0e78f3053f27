/** A caller's effective scopes: the key's scopes ∩ its class ∩ its owner's role. Only people may decide, never an agent key. */

import type { Person } from './person.js';
import type { ApiKey, Principal } from './principal.js';
import { type KeyClass, type Role, SCOPES, type Scope } from './vocabulary.js';

/** An authenticated caller with a valid API key. */
export interface Caller {
  readonly principal: Principal;
  readonly key: ApiKey;
  readonly owner: Person;
  /** Already restricted to what class and role allow. */
  readonly scopes: ReadonlySet<Scope>;
}

/** All scopes that a key of each class can have. The database enforces the same lists with a CHECK. */
export const CLASS_SCOPES: Record<KeyClass, readonly Scope[]> = {
  agent: ['access:request', 'secrets:list', 'grants:use', 'audit:read'],
  human: SCOPES,
  service: [
    'resources:manage',
    'secrets:manage',
    'notifications:manage',
    'keys:manage',
    'audit:read',
    'metrics:read',
  ],
};

const MANAGING: readonly Scope[] = SCOPES.filter((scope) => scope.endsWith(':manage'));

const ROLE_SCOPES: Record<Role, readonly Scope[]> = {
  admin: SCOPES,
  auditor: SCOPES.filter((scope) => !MANAGING.includes(scope)),
  member: SCOPES.filter((scope) => !MANAGING.includes(scope)),
};

export function effectiveScopes(
  scopes: readonly Scope[],
  keyClass: KeyClass,
  role: Role,
): ReadonlySet<Scope> {
  return new Set(
    scopes.filter(
      (scope) => CLASS_SCOPES[keyClass].includes(scope) && ROLE_SCOPES[role].includes(scope),
    ),
  );
}

export function may(caller: Caller, scope: Scope): boolean {
  return caller.scopes.has(scope);
}

/** Whether the caller sees the whole audit trail and every approval: admins and auditors, with a human or service key. */
export function seesEverything(caller: Caller): boolean {
  return caller.principal.class !== 'agent' && caller.owner.role !== 'member';
}
