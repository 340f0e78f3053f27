/** What a policy says about one request, and who may approve under it. */

import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/domain/limits.js';
import {
  approversOf,
  isApprover,
  judge,
  type Question,
} from '../../../src/domain/policy/policy.js';
import type { Requester } from '../../../src/domain/requester-entry.js';
import { person, policy } from '../decision-fixture.js';

const GOOD = 'Debugging the failing connection';
const CLAUDE: Requester = { name: 'claude-desktop', ownerEmail: 'bob@example.com' };
type Rules = Parameters<typeof policy>[0];

describe('judge', () => {
  const ask = (rules: Rules, question: Partial<Question> = {}) =>
    judge(policy(rules), { requester: CLAUDE, operation: 'read', reason: GOOD, ...question });

  const allowed: [string, Rules, Partial<Question>, number][] = [
    ['the default duration', {}, {}, HOUR],
    ['what was asked for', {}, { duration: 10 * MINUTE }, 10 * MINUTE],
    ['the longest there is', {}, { duration: 8 * HOUR }, 8 * HOUR],
    ['the shortest there is', {}, { duration: MINUTE }, MINUTE],
    [
      'a default duration above the maximum, cut to the maximum',
      { defaultDuration: DAY, maxDuration: HOUR },
      {},
      HOUR,
    ],
    ['another permitted operation', { permissions: ['write'] }, { operation: 'write' }, HOUR],
    ['a reason of exactly the shortest length', {}, { reason: 'abcdefghij' }, HOUR],
    ['no reason where none is required', { requireReason: false }, { reason: '' }, HOUR],
    ['no reason where no approval is required', { requiresApproval: false }, { reason: '' }, HOUR],
    ['a key that the policy names', { requesters: ['ci-bot', 'claude-desktop'] }, {}, HOUR],
    ['a key that the policy names as a key', { requesters: ['key:claude-desktop'] }, {}, HOUR],
    ['a key whose owner the policy names', { requesters: ['Bob@Example.com'] }, {}, HOUR],
    [
      'a reason without content where none is required',
      { requireReason: false },
      { reason: '.' },
      HOUR,
    ],
  ];
  test.each(allowed)('a policy allows %s', (_, rules, question, duration) => {
    expect(ask(rules, question)).toEqual({ ok: true, value: duration });
  });

  const refused: [string, Rules, Partial<Question>, object][] = [
    [
      'an operation that is not permitted',
      {},
      { operation: 'write' },
      { code: 'not_permitted', operation: 'write' },
    ],
    [
      'everything where nothing is permitted',
      { permissions: [] },
      {},
      { code: 'not_permitted', operation: 'read' },
    ],
    [
      'every requester where the list of requesters is empty',
      { requesters: [] },
      {},
      { code: 'not_a_requester' },
    ],
    ['a key that is not named', { requesters: ['ci-bot'] }, {}, { code: 'not_a_requester' }],
    ...[
      'Claude-Desktop',
      'key:bob@example.com',
      'claude',
      'claude-desktop2',
      'bob',
      '@example.com',
    ].map((entry): (typeof refused)[number] => [
      `a key that is nearly named, as ${entry}`,
      { requesters: [entry] },
      {},
      { code: 'not_a_requester' },
    ]),
    [
      'an unlisted requester before any other mistake',
      { requesters: ['ci-bot'] },
      { reason: '', duration: 0 },
      { code: 'not_a_requester' },
    ],
    ['no reason', {}, { reason: '' }, { code: 'reason_missing', minimum: 10 }],
    ['white space as a reason', {}, { reason: ' \n\t ' }, { code: 'reason_missing', minimum: 10 }],
    [
      'a reason one character short',
      {},
      { reason: 'abcdefghi' },
      { code: 'reason_too_short', minimum: 10, length: 9 },
    ],
    [
      'a reason padded to its length',
      {},
      { reason: 'a        b' },
      { code: 'reason_too_short', minimum: 10, length: 3 },
    ],
    [
      'a reason of dots',
      {},
      { reason: '............' },
      { code: 'reason_too_short', minimum: 10, length: 12 },
    ],
    [
      'no reason where the policy wants one without approval',
      { requiresApproval: false, requireReason: true },
      { reason: '' },
      { code: 'reason_missing', minimum: 10 },
    ],
    [
      'more than the longest',
      {},
      { duration: 8 * HOUR + 1 },
      { code: 'duration_too_long', maximum: 8 * HOUR },
    ],
    [
      'less than a minute',
      {},
      { duration: MINUTE - 1 },
      { code: 'invalid_duration', minimum: MINUTE },
    ],
    ['no time', {}, { duration: 0 }, { code: 'invalid_duration', minimum: MINUTE }],
    ['less than no time', {}, { duration: -HOUR }, { code: 'invalid_duration', minimum: MINUTE }],
    [
      'a time that is no number',
      {},
      { duration: Number.NaN },
      { code: 'invalid_duration', minimum: MINUTE },
    ],
    [
      'a time without end',
      {},
      { duration: Number.POSITIVE_INFINITY },
      { code: 'invalid_duration', minimum: MINUTE },
    ],
    [
      'half a millisecond',
      {},
      { duration: MINUTE + 0.5 },
      { code: 'invalid_duration', minimum: MINUTE },
    ],
    [
      'the operation before the reason',
      {},
      { operation: 'delete', reason: '' },
      { code: 'not_permitted', operation: 'delete' },
    ],
  ];
  test.each(refused)('a policy refuses %s', (_, rules, question, refusal) => {
    expect(ask(rules, question)).toEqual({ ok: false, refusal });
  });
});

describe('who may decide', () => {
  const named = (...approvers: string[]) => policy({ approvers });
  const silent = policy({ approvers: undefined });
  const empty = policy({ approvers: [] });

  test.each([
    ['the policy names them', named('a@x.io'), [named('b@x.io')], ['c@x.io'], ['a@x.io']],
    [
      'the next broader one does',
      silent,
      [named('b@x.io'), named('c@x.io')],
      ['d@x.io'],
      ['b@x.io'],
    ],
    ['a broader one beyond it does', silent, [silent, named('c@x.io')], ['d@x.io'], ['c@x.io']],
    ['an empty list counts as silence', empty, [empty, named('c@x.io')], ['d@x.io'], ['c@x.io']],
    ['the installation does', silent, [silent, empty], ['d@x.io'], ['d@x.io']],
    ['no one does', silent, [], [], []],
  ])('%s', (_, own, broader, fallback, expected) => {
    expect(approversOf(own, broader, fallback)).toEqual(expected);
  });

  const alice = person('alice', { slack: [{ teamId: 'T1', userId: 'U0ALICE' }] });

  test.each([
    [['alice@example.com'], true],
    [['ALICE@Example.COM'], true],
    [['U0ALICE'], true],
    [['bob@example.com', 'U0ALICE'], true],
    [[], false],
    [['bob@example.com'], false],
    [['alice'], false],
    [['@example.com'], false],
    [['alice@example.com.evil.io'], false],
    [['u0alice'], false],
    [['U0ALICE2'], false],
    [['T1'], false],
    [['prsn_alice'], false],
  ])('the approver entries %j name Alice: %s', (approvers, expected) => {
    expect(isApprover(alice, approvers)).toBe(expected);
  });
});
