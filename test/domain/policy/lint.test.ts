import { expect, test } from 'vitest';
import type { Person } from '../../../src/domain/person.js';
import { createLint } from '../../../src/domain/policy/lint.js';
import type { ApproverFacts } from '../../../src/domain/policy/lint-approvers.js';
import type { PolicyRules } from '../../../src/domain/policy/policy.js';
import { auto, policy } from '../policy-fixture.js';

const person = (name: string): Person => ({
  id: `prsn_${name}`,
  email: `${name}@x.io`,
  role: 'member',
  active: true,
  slack: [{ teamId: 'T1', userId: `U${name.toUpperCase()}` }],
});
const bob = person('bob');
const eve = person('eve');

const facts: ApproverFacts = {
  resolves: (approver) => (approver.startsWith('S') ? undefined : !approver.startsWith('ghost')),
  similar: (email) => (email === 'alise@x.io' ? 'alice@x.io' : undefined),
  defaultApprovers: ['alice@x.io'],
  agentKeys: [
    { name: 'claude-desktop', owner: bob },
    { name: 'claude-code', owner: bob },
    { name: 'ci-bot', owner: eve },
  ],
};

const at = (path: string, changes: Partial<PolicyRules> = {}) =>
  policy({ uri: `vsecure://secrets/${path}`, ...changes });

const lint = (changed: PolicyRules, others: readonly PolicyRules[] = []) =>
  createLint(
    [...others, changed],
    facts,
  )(changed).map(({ severity, message }) => `${severity}: ${message}`);

test('an ordinary policy has no findings', () => {
  expect(lint(at('production/*'), [at('**'), at('production/DB')])).toEqual([]);
});

test('a policy that can never decide is refused, and the message names the policies that decide instead', () => {
  expect(lint(at('a/**'), [at('a/*'), at('a/*/**'), at('a/b')])).toEqual([
    'refuse: vsecure://secrets/a/** can never decide anything: vsecure://secrets/a/* and vsecure://secrets/a/*/** cover all of it and are more specific. Remove it, or change what covers it.',
  ]);
});

test('a policy that leaves another policy nothing to decide causes a warning', () => {
  expect(lint(at('a/*/**'), [at('a/*'), at('a/**'), at('**')])).toEqual([
    'warn: vsecure://secrets/a/** can never decide anything: vsecure://secrets/a/* and vsecure://secrets/a/*/** cover all of it and are more specific. Remove it, or change what covers it.',
  ]);
  expect(lint(at('c/d'), [at('a/*'), at('a/**'), at('a/*/**')])).toEqual([]);
});

test('the lint ignores an older version of the changed policy', () => {
  expect(lint(at('a/**'), [at('a/**'), at('a/*')])).toEqual([]);
  expect(
    lint(at('a/*', { approvers: ['alice@x.io'] }), [at('a/*', { approvers: ['ghost@x.io'] })]),
  ).toEqual([]);
});

test.each([
  ['**', 'refuse'],
  ['*/**', 'refuse'],
  ['*', 'warn'],
  ['production/**', 'warn'],
  ['production/DB', 'warn'],
])('auto-approval without a condition on %s: %s', (path, severity) => {
  expect(lint(at(path, { autoApprove: auto() }))).toEqual([
    expect.stringMatching(new RegExp(`^${severity}: Auto-approval without a condition`)),
  ]);
  expect(lint(at(path, { autoApprove: auto({ timeWindow: undefined }) }))).toHaveLength(1);
  expect(lint(at(path, { autoApprove: auto({ operations: ['read'] }) }))).toEqual([]);
  expect(lint(at(path, { autoApprove: { enabled: false, conditions: {} } }))).toEqual([]);
});

test('a condition that can never hold causes a warning', () => {
  expect(lint(at('a', { autoApprove: auto({ requester: [] }) }))).toEqual([
    'warn: autoApprove.conditions.requester is empty, so nothing is ever auto-approved.',
  ]);
});

test('an unknown approver causes a warning with its name; an approver that Slack has not resolved yet causes none', () => {
  const approvers = ['alice@x.io', 'ghost@x.io', 'S0GROUP'];
  expect(lint(at('a', { approvers, escalateTo: ['ghost2@x.io'] }))).toEqual([
    'warn: vsecure does not know the approver ghost@x.io.',
    'warn: vsecure does not know the approver ghost2@x.io.',
  ]);
});

test('an unknown approver whose address almost names a known person causes a warning with that name', () => {
  expect(lint(at('a', { approvers: ['alise@x.io', 'new@x.io'] }))).toEqual([
    'warn: vsecure does not know the approver alise@x.io. Did you mean alice@x.io?',
  ]);
});

test('a policy that needs more approvals than it has approvers causes a warning', () => {
  expect(lint(at('a', { approvers: ['ghost@x.io'] }))).toContain(
    'warn: No request can be approved: 1 approval is needed and 0 people could give one.',
  );
  expect(lint(at('a', { minApprovals: 2 }))).toEqual([
    'warn: No request can be approved: 2 approvals are needed and 1 person could give one.',
  ]);
  expect(lint(at('a', { minApprovals: 2, approvers: ['S0GROUP'] }))).toEqual([]);
});

test('a policy without any approver causes a warning', () => {
  const warned = createLint([at('a')], { ...facts, defaultApprovers: [] })(at('a'));
  expect(warned).toEqual([
    {
      severity: 'warn',
      message:
        'The policy has no approvers, so every request will be refused. Name some, or set VSECURE_DEFAULT_APPROVERS.',
    },
  ]);
});

test('the lint checks the approvers of the next broader policy where a policy names none', () => {
  expect(lint(at('a/b'), [at('a/*', { approvers: ['ghost@x.io'] }), at('**')])).toContain(
    'warn: vsecure does not know the approver ghost@x.io.',
  );
});

const NEVER =
  'warn: Requests by the keys of bob@x.io can never be approved: only bob@x.io could approve them, and the owner of a key cannot approve its requests. Name another approver, or set allowSelfApproval.';

test.each<[string, Partial<PolicyRules>, readonly string[]]>([
  ['the only approver also asks', { approvers: ['bob@x.io'] }, [NEVER]],
  ['under another name of theirs', { approvers: ['UBOB', 'Bob@x.io'] }, [NEVER]],
  ['with self-approval', { approvers: ['bob@x.io'], allowSelfApproval: true }, []],
  ['where no approval is needed', { approvers: ['bob@x.io'], requiresApproval: false }, []],
  ['where another person may approve', { approvers: ['bob@x.io', 'alice@x.io'] }, []],
  [
    'where another person is asked later',
    { approvers: ['bob@x.io'], escalateTo: ['alice@x.io'] },
    [],
  ],
  ['where a group may hold others', { approvers: ['bob@x.io', 'S0GROUP'] }, []],
  ['where only others may ask', { approvers: ['bob@x.io'], requesters: ['ci-bot'] }, []],
  [
    'where they may ask by name of a key',
    { approvers: ['bob@x.io'], requesters: ['claude-code'] },
    [NEVER],
  ],
  ['where they may ask by e-mail', { approvers: ['bob@x.io'], requesters: ['BOB@x.io'] }, [NEVER]],
  [
    'where two votes are needed and one is their own',
    { approvers: ['bob@x.io', 'alice@x.io'], minApprovals: 2, requesters: ['claude-code'] },
    [
      'warn: Requests by the keys of bob@x.io can never be approved: 2 approvals are needed and 1 person could give one, and the owner of a key cannot approve its requests. Name another approver, or set allowSelfApproval.',
    ],
  ],
])('the lint knows that the owner of a requesting key cannot approve: %s', (_, changes, says) => {
  expect(lint(at('a', changes))).toEqual(says);
});
