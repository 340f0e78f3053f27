/** What a key may do: its scopes, cut by its class, cut by the role of its owner. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Caller, effectiveScopes, may, seesEverything } from '../../src/domain/rights.js';
import { KEY_CLASSES, ROLES, SCOPES } from '../../src/domain/vocabulary.js';
import { person } from './decision-fixture.js';

/** Written out by hand, a letter for each class and role that can have the scope. */
const WHO = {
  'access:request': { classes: 'agent human', roles: 'admin auditor member' },
  'secrets:list': { classes: 'agent human', roles: 'admin auditor member' },
  'grants:use': { classes: 'agent human', roles: 'admin auditor member' },
  'approvals:read': { classes: 'human', roles: 'admin auditor member' },
  'approvals:decide': { classes: 'human', roles: 'admin auditor member' },
  'resources:manage': { classes: 'human service', roles: 'admin' },
  'secrets:manage': { classes: 'human service', roles: 'admin' },
  'notifications:manage': { classes: 'human service', roles: 'admin' },
  'keys:manage': { classes: 'human service', roles: 'admin' },
  'audit:read': { classes: 'agent human service', roles: 'admin auditor member' },
  'metrics:read': { classes: 'human service', roles: 'admin auditor member' },
} as const;

const combinations = KEY_CLASSES.flatMap((keyClass) => ROLES.map((role) => ({ keyClass, role })));

describe.each(combinations)(
  'a key of class $keyClass whose owner is $role',
  ({ keyClass, role }) => {
    const allowed = SCOPES.filter(
      (scope) =>
        WHO[scope].classes.split(' ').includes(keyClass) &&
        WHO[scope].roles.split(' ').includes(role),
    );

    test.each(SCOPES)(
      'a key with only the scope %s has it exactly if its class and role allow it',
      (scope) => {
        expect([...effectiveScopes([scope], keyClass, role)]).toEqual(
          allowed.includes(scope) ? [scope] : [],
        );
      },
    );

    test('a key with any set of scopes has exactly those that class and role allow', () => {
      fc.assert(
        fc.property(fc.subarray([...SCOPES]), (scopes) => {
          expect([...effectiveScopes(scopes, keyClass, role)]).toEqual(
            scopes.filter((scope) => allowed.includes(scope)),
          );
        }),
      );
    });

    test('a key without scopes has none', () => {
      expect(effectiveScopes([], keyClass, role).size).toBe(0);
    });

    test('only admins and auditors see everything, and never through an agent key', () => {
      const one = caller({ keyClass, role });
      expect(seesEverything(one)).toBe(keyClass !== 'agent' && role !== 'member');
    });
  },
);

test('no agent or service key can decide, regardless of its owner', () => {
  for (const role of ROLES)
    for (const keyClass of ['agent', 'service'] as const)
      expect(may(caller({ keyClass, role }), 'approvals:decide')).toBe(false);
});

test('no agent key has a manage scope, regardless of its owner', () => {
  for (const role of ROLES) {
    const held = [...effectiveScopes(SCOPES, 'agent', role)];
    expect(held.filter((scope) => scope.endsWith(':manage'))).toEqual([]);
  }
});

function caller({ keyClass, role }: (typeof combinations)[number]): Caller {
  const owner = person('olga', { role });
  return {
    owner,
    principal: { id: 'prin_1', name: 'key', class: keyClass, owner: owner.id },
    key: {
      id: 'k',
      principal: 'prin_1',
      class: keyClass,
      scopes: SCOPES,
      hint: 'abcd',
      createdAt: new Date(0),
    },
    scopes: effectiveScopes(SCOPES, keyClass, role),
  };
}
