import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/domain/limits.js';
import type { PolicyRules } from '../../../src/domain/policy/policy.js';
import { describeChange } from '../../../src/domain/policy/policy-change.js';
import { auto, policy, windowOf } from '../policy-fixture.js';

const office = windowOf('Mon-Fri 09:00-17:00 PT');
const morning = windowOf('Mon-Fri 09:00-12:00 PT');
const afternoon = windowOf('Mon-Fri 12:00-17:00 PT');
const elsewhere = windowOf('Mon-Fri 09:00-12:00 Europe/Berlin');

type Rules = Partial<PolicyRules>;

// From the tighter to the looser; the difference as it is announced, and why it loosens.
test.each<[Rules, Rules, string, string]>([
  [
    { permissions: ['read'] },
    { permissions: ['read', 'write'] },
    'permissions: read → read, write',
    'write can now be requested',
  ],
  [
    { requiresApproval: true, requireReason: true },
    { requiresApproval: false, requireReason: true },
    'requiresApproval: yes → no',
    'no approval is needed any more',
  ],
  [
    { approvers: ['a@x.io'] },
    { approvers: ['a@x.io', 'b@x.io'] },
    'approvers: a@x.io → a@x.io, b@x.io',
    'b@x.io may now approve',
  ],
  [
    { approvers: ['a@x.io', 'b@x.io'] },
    { approvers: ['c@x.io'] },
    'approvers: a@x.io, b@x.io → c@x.io',
    'c@x.io may now approve',
  ],
  [
    {},
    { approvers: ['a@x.io'] },
    "approvers: the next broader policy's → a@x.io",
    'a@x.io may now approve',
  ],
  [
    { approvers: ['a@x.io'] },
    { approvers: [] },
    "approvers: a@x.io → the next broader policy's",
    "the next broader policy's approvers may now approve",
  ],
  [
    { requesters: ['ci'] },
    { requesters: ['ci', 'claude'] },
    'requesters: ci → ci, claude',
    'claude may now ask',
  ],
  [{ requesters: ['ci'] }, {}, 'requesters: ci → everyone', 'everyone may now ask'],
  [{ requesters: [] }, { requesters: ['ci'] }, 'requesters: none → ci', 'ci may now ask'],
  [
    { decideFrom: ['slack'] },
    { decideFrom: ['slack', 'api'] },
    'decideFrom: slack → api, slack',
    'api can now be decided from',
  ],
  [{ listed: false }, { listed: true }, 'listed: no → yes', 'the metadata is listed for everyone'],
  [{ minApprovals: 2 }, { minApprovals: 1 }, 'minApprovals: 2 → 1', 'fewer approvals are enough'],
  [
    { allowSelfApproval: false },
    { allowSelfApproval: true },
    'allowSelfApproval: no → yes',
    'people may approve their own requests',
  ],
  [
    { requireReason: true },
    { requireReason: false },
    'requireReason: yes → no',
    'no reason is needed any more',
  ],
  [
    {},
    { requireReason: false },
    'requireReason: when an approval is → no',
    'no reason is needed any more',
  ],
  [
    { minReasonLength: 20 },
    { minReasonLength: 1 },
    'minReasonLength: 20 → 1',
    'a shorter reason is enough',
  ],
  [
    { requireDecisionReason: true },
    { requireDecisionReason: false },
    'requireDecisionReason: yes → no',
    'an approval needs no reason any more',
  ],
  [
    { defaultDuration: 30 * MINUTE },
    { defaultDuration: HOUR },
    'defaultDuration: 30m → 1h',
    'grants last longer when the request names no duration',
  ],
  [
    { maxDuration: HOUR },
    { maxDuration: 8 * HOUR },
    'maxDuration: 1h → 8h',
    'grants may last longer',
  ],
  [
    { maxDuration: HOUR },
    { maxDuration: HOUR + 1 },
    'maxDuration: 1h → 3600001ms',
    'grants may last longer',
  ],
  [
    { requestTtl: HOUR },
    { requestTtl: DAY },
    'requestTtl: 1h → 1d',
    'requests can be approved for longer',
  ],
  [{ maxUses: 1 }, { maxUses: 5 }, 'maxUses: 1 → 5', 'one grant allows more reads'],
  [{ maxUses: 1 }, {}, 'maxUses: 1 → unlimited', 'one grant allows more reads'],
  [
    {},
    { autoApprove: auto() },
    'autoApprove: off → on',
    'requests can be granted without a person',
  ],
  [
    { autoApprove: { enabled: false, conditions: { operations: ['read'] } } },
    { autoApprove: auto({ operations: ['read'] }) },
    'autoApprove: off when operations read → on when operations read',
    'requests can be granted without a person',
  ],
  [
    { autoApprove: auto({ requester: ['ci'], maxDuration: HOUR }) },
    { autoApprove: auto({ requester: ['ci'] }) },
    'autoApprove: on when requester ci and maxDuration 1h → on when requester ci',
    'more is granted without a person (maxDuration)',
  ],
  [
    { autoApprove: auto({ requester: ['ci'] }) },
    { autoApprove: auto({ requester: ['ci', 'claude'] }) },
    'autoApprove: on when requester ci → on when requester ci, claude',
    'more is granted without a person (requester)',
  ],
  [
    { autoApprove: auto({ operations: ['read'] }) },
    { autoApprove: auto({ operations: ['write'] }) },
    'autoApprove: on when operations read → on when operations write',
    'more is granted without a person (operations)',
  ],
  [
    { autoApprove: auto({ maxDuration: HOUR }) },
    { autoApprove: auto({ maxDuration: 2 * HOUR }) },
    'autoApprove: on when maxDuration 1h → on when maxDuration 2h',
    'more is granted without a person (maxDuration)',
  ],
  [
    { autoApprove: auto({ timeWindow: [morning] }) },
    { autoApprove: auto({ timeWindow: [office] }) },
    `autoApprove: on when timeWindow ${morning.text} → on when timeWindow ${office.text}`,
    'more is granted without a person (timeWindow)',
  ],
  [
    { autoApprove: auto({ timeWindow: [office] }) },
    { autoApprove: auto({ timeWindow: [elsewhere] }) },
    `autoApprove: on when timeWindow ${office.text} → on when timeWindow ${elsewhere.text}`,
    'more is granted without a person (timeWindow)',
  ],
  [
    {},
    { escalateTo: ['boss@x.io'] },
    'escalateTo: none → boss@x.io',
    'boss@x.io may decide once a request is escalated',
  ],
  [
    { escalateAfter: HOUR },
    { escalateAfter: MINUTE },
    'escalateAfter: 1h → 1m',
    'further approvers are asked sooner',
  ],
  [
    {},
    { escalateAfter: MINUTE },
    'escalateAfter: never → 1m',
    'further approvers are asked sooner',
  ],
  [
    { uri: 'vsecure://secrets/a/*' },
    { uri: 'vsecure://secrets/a/**' },
    'uri: vsecure://secrets/a/* → vsecure://secrets/a/**',
    'it now covers vsecure://secrets/a/**',
  ],
])('a change from %j to %j is announced and loosens', (tighter, looser, line, why) => {
  expect(describeChange(policy(tighter), policy(looser))).toEqual({
    lines: [line],
    loosens: [why],
  });
});

// The same the other way round, without those where each side can do something that the other cannot.
test.each<[Rules, Rules]>([
  [{ permissions: ['read', 'write'] }, { permissions: ['read'] }],
  [{ requiresApproval: false }, { requiresApproval: true }],
  [{ approvers: ['a@x.io', 'b@x.io'] }, { approvers: ['B@x.io'] }],
  [{}, { requesters: ['ci'] }],
  [{ requesters: ['ci', 'claude'] }, { requesters: ['ci'] }],
  [{ decideFrom: ['slack', 'api'] }, { decideFrom: ['slack'] }],
  [{ listed: true }, { listed: false }],
  [{ minApprovals: 1 }, { minApprovals: 2 }],
  [{ allowSelfApproval: true }, { allowSelfApproval: false }],
  [{ requireReason: false }, { requireReason: true }],
  [{}, { requireReason: true }],
  [{ minReasonLength: 1 }, { minReasonLength: 20 }],
  [{ requireDecisionReason: false }, { requireDecisionReason: true }],
  [{ defaultDuration: HOUR }, { defaultDuration: MINUTE }],
  [{ maxDuration: HOUR }, { maxDuration: MINUTE }],
  [{ requestTtl: HOUR }, { requestTtl: MINUTE }],
  [{}, { maxUses: 5 }],
  [{ maxUses: 5 }, { maxUses: 1 }],
  [{ autoApprove: auto() }, {}],
  [{ autoApprove: auto() }, { autoApprove: auto({ requester: ['ci'] }) }],
  [
    { autoApprove: auto({ timeWindow: [office] }) },
    { autoApprove: auto({ timeWindow: [morning] }) },
  ],
  [
    { autoApprove: auto({ timeWindow: [office] }) },
    { autoApprove: auto({ timeWindow: [morning, afternoon] }) },
  ],
  [
    { autoApprove: auto({ timeWindow: [morning, afternoon] }) },
    { autoApprove: auto({ timeWindow: [office] }) },
  ],
  [{ escalateTo: ['boss@x.io'] }, { escalateTo: [] }],
  [{ escalateAfter: MINUTE }, {}],
  [{ uri: 'vsecure://secrets/a/**' }, { uri: 'vsecure://secrets/a/b' }],
  [{ name: 'A' }, { name: 'B' }],
  [{}, { channel: 'C012345' }],
  [{ mention: true }, { mention: false }],
  [{ sensitivity: 'normal' }, { sensitivity: 'high' }],
])('a change from %j to %j is announced and loosens nothing', (before, after) => {
  const change = describeChange(policy(before), policy(after));
  expect(change.loosens).toEqual([]);
  expect(change.lines).toHaveLength(1);
});

test('a change that tightens one field does not hide what it opens in another', () => {
  const change = describeChange(
    policy({ minApprovals: 1, maxDuration: HOUR }),
    policy({ minApprovals: 2, maxDuration: DAY }),
  );
  expect(change.lines).toEqual(['minApprovals: 1 → 2', 'maxDuration: 1h → 1d']);
  expect(change.loosens).toEqual(['grants may last longer']);
});

test('the announcement of a new policy lists every field, and that its resources can now be requested', () => {
  const { lines, loosens } = describeChange(undefined, policy());
  expect(lines.slice(0, 3)).toEqual([
    'new policy',
    'uri: vsecure://secrets/production/*',
    'name: Production',
  ]);
  expect(lines).toContain('maxDuration: 8h');
  expect(loosens).toEqual(['new policy: this can now be requested']);
  expect(describeChange(undefined, policy({ permissions: [] })).loosens).toEqual([]);
});

test('the announcement of a removed policy says that the next broader policy decides', () => {
  const { lines, loosens } = describeChange(policy(), undefined);
  expect(lines[0]).toBe('policy removed');
  expect(loosens).toEqual(['the next broader policy decides from now on, if there is one']);
  expect(describeChange(undefined, undefined)).toEqual({ lines: [], loosens: [] });
});

const some = <T>(items: readonly T[]) => fc.subarray([...items], { minLength: 1 });
const ms = fc.integer({ min: MINUTE, max: DAY });

/** Values of every field that decides something, no two of which come to the same unless they are the same. */
const DECIDING = {
  uri: fc.constantFrom('vsecure://secrets/a/*', 'vsecure://secrets/**', 'vsecure://secrets/b'),
  permissions: some(['list', 'read', 'write', 'delete'] as const),
  requiresApproval: fc.boolean(),
  approvers: fc.option(some(['a@x.io', 'b@x.io', 'U1', 'S1']), { nil: undefined }),
  requesters: fc.option(fc.subarray(['ci', 'claude', 'a@x.io']), { nil: undefined }),
  decideFrom: some(['slack', 'dashboard', 'cli', 'api'] as const),
  listed: fc.boolean(),
  sensitivity: fc.constantFrom('normal', 'high'),
  minApprovals: fc.integer({ min: 1, max: 10 }),
  allowSelfApproval: fc.boolean(),
  autoApprove: fc.option(
    fc
      .record(
        {
          timeWindow: some([morning, afternoon, elsewhere]),
          requester: some(['ci', 'claude']),
          operations: some(['read', 'write'] as const),
          maxDuration: ms,
        },
        { requiredKeys: [] },
      )
      .map(auto),
    { nil: undefined },
  ),
  requireReason: fc.boolean(),
  minReasonLength: fc.integer({ min: 0, max: 100 }),
  requireDecisionReason: fc.boolean(),
  defaultDuration: ms,
  maxDuration: ms,
  requestTtl: ms,
  maxUses: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  escalateTo: fc.option(some(['boss@x.io', 'S2']), { nil: undefined }),
  escalateAfter: fc.option(ms, { nil: undefined }),
};
const COSMETIC = {
  name: fc.string(),
  channel: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  mention: fc.boolean(),
};
const rules = fc.record({ ...DECIDING, ...COSMETIC });

test('an unchanged policy has no difference and loosens nothing', () => {
  const same = { lines: [], loosens: [] };
  fc.assert(
    fc.property(rules, (a) => {
      expect(describeChange(a, structuredClone(a))).toEqual(same);
    }),
  );
});

test.each(Object.entries(DECIDING))(
  'a change of only the field %s is one line, and loosens in at least one direction',
  (field, values: fc.Arbitrary<unknown>) => {
    fc.assert(
      fc.property(rules, values, (a, value) => {
        const b = { ...a, [field]: value };
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        const forth = describeChange(a, b);
        const back = describeChange(b, a);
        expect(forth.lines).toHaveLength(1);
        expect(forth.lines[0]).toMatch(new RegExp(`^${field}: .+ → .+$`));
        expect(forth.loosens.length + back.loosens.length).toBeGreaterThan(0);
      }),
    );
  },
);

test('a policy that no longer requires an approval no longer requires a reason either', () => {
  const { lines, loosens } = describeChange(policy(), policy({ requiresApproval: false }));
  expect(lines).toEqual(['requiresApproval: yes → no']);
  expect(loosens).toEqual(['no approval is needed any more', 'no reason is needed any more']);
});

test('a change never loosens without a difference in the announcement', () => {
  fc.assert(
    fc.property(rules, rules, fc.boolean(), (a, other, same) => {
      const { lines, loosens } = describeChange(a, same ? { ...a, name: other.name } : other);
      expect(lines.length > 0 || loosens.length === 0).toBe(true);
    }),
  );
});

test('the announcement of a new policy names every field', () => {
  const { lines } = describeChange(undefined, policy());
  const fields = lines.slice(1).map((line) => line.slice(0, line.indexOf(':')));
  expect(fields.sort()).toEqual([...Object.keys(DECIDING), ...Object.keys(COSMETIC)].sort());
});

test('a key that is called `everyone` or `none` is shown in quotation marks', () => {
  const named = (requesters?: string[]) => policy({ requesters });
  expect(describeChange(named(), named(['everyone'])).lines).toEqual([
    'requesters: everyone → "everyone"',
  ]);
  expect(describeChange(named([]), named(['none']))).toEqual({
    lines: ['requesters: none → "none"'],
    loosens: ['none may now ask'],
  });
});

test('replacing unreadable auto-approval by readable auto-approval loosens', () => {
  const damaged = JSON.parse('{ "enabled": true, "conditions": { "timeWindow": "always" } }');
  const change = describeChange(policy({ autoApprove: damaged }), policy({ autoApprove: auto() }));
  expect(change).toEqual({
    lines: ['autoApprove: unreadable, so a person is always asked → on'],
    loosens: ['requests can be granted without a person'],
  });
});
