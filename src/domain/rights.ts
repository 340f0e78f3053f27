/** What a caller may do: the key's scopes ∩ its class ∩ its owner's role. A decision is a right of people, never of an agent's key. */

import type { Person } from './person.js';
import type { ApiKey, Principal } from './principal.js';
import { type KeyClass, type Role, SCOPES, type Scope } from './vocabulary.js';

/** Somebody who came with a good key. */
export interface Caller {
  readonly principal: Principal;
  readonly key: ApiKey;
  readonly owner: Person;
  /** Already narrowed to what class and role allow. */
  readonly scopes: ReadonlySet<Scope>;
}

/** The most that a key of each class can ever hold. The database repeats it as a CHECK. */
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

/** Sees the whole audit trail and every approval: admins and auditors, through their own keys. */
export function seesEverything(caller: Caller): boolean {
  return caller.principal.class !== 'agent' && caller.owner.role !== 'member';
}
