/** Scripts of votes, with how the approval stands after each. */

import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/domain/duration.js';
import { HOUR } from '../../src/domain/limits.js';
import type { PolicyRules } from '../../src/domain/policy/policy.js';
import { ENTRY_POINTS } from '../../src/domain/vocabulary.js';
import { type Cast, PEOPLE, playVotes } from './play-votes.js';

const TWO = { minApprovals: 2 };
const SELF = { allowSelfApproval: true, approvers: ['bob@example.com', 'alice@example.com'] };
const SLACK_ONLY = { decideFrom: ['slack'] } as const;

/** `<+ approves or - denies><who> [duration] [@entry point] [silently] = <outcome>` */
const SCRIPTS: [string, Partial<PolicyRules>, string[]][] = [
  ['one approver is enough by default', {}, ['+alice = approved 1h']],
  ['an approver named by Slack id is one too', {}, ['+dave = approved 1h']],
  ['one denial is enough', {}, ['-alice = denied']],
  [
    'what is approved stays approved',
    {},
    [
      '+alice = approved 1h',
      '-carol = already_decided',
      '+carol = already_decided',
      '-bob = already_decided',
    ],
  ],
  [
    'what is denied stays denied',
    {},
    ['-alice = denied', '+carol = already_decided', '+alice = already_decided'],
  ],
  [
    'a stranger is not counted',
    {},
    ['+mallory = not_an_approver', '-mallory = not_an_approver', '+alice = approved 1h'],
  ],
  [
    'the vote of a deactivated approver is not counted',
    {},
    ['+eve = person_inactive', '-eve = person_inactive', '+alice = approved 1h'],
  ],
  ['the owner does not approve their own key', {}, ['+bob = own_request', '+alice = approved 1h']],
  [
    'the owner may deny it without being an approver',
    {},
    ['-bob = denied', '+alice = already_decided'],
  ],
  [
    'an owner who is an approver may not approve either',
    { approvers: ['bob@example.com'] },
    ['+bob = own_request', '-bob = denied'],
  ],
  ['an owner approves where the policy allows it', SELF, ['+bob = approved 1h']],
  [
    'the permission alone makes the owner no approver',
    { allowSelfApproval: true },
    ['+bob = not_an_approver', '-bob = denied'],
  ],
  [
    'an owner counts once towards two',
    { ...SELF, ...TWO },
    ['+bob = counted', '+bob = already_voted', '+alice = approved 1h'],
  ],
  ['two are needed', TWO, ['+alice = counted', '+carol = approved 1h']],
  ['two are needed, in any order', TWO, ['+dave = counted', '+alice = approved 1h']],
  [
    'a person counts only once',
    TWO,
    [
      '+alice = counted',
      '+alice = already_voted',
      '+alice @slack = already_voted',
      '+carol = approved 1h',
    ],
  ],
  [
    'a vote cannot be changed',
    TWO,
    ['+alice = counted', '-alice = already_voted', '+carol = approved 1h'],
  ],
  [
    'the first denial settles what one has approved',
    TWO,
    ['+alice = counted', '-carol = denied', '+dave = already_decided'],
  ],
  ['a denial before any approval settles', TWO, ['-carol = denied', '+alice = already_decided']],
  ['the owner denies what one has approved', TWO, ['+alice = counted', '-bob = denied']],
  [
    'refused votes do not add up',
    TWO,
    [
      '+mallory = not_an_approver',
      '+bob = own_request',
      '+eve = person_inactive',
      '+alice = counted',
      '+mallory = not_an_approver',
      '+carol = approved 1h',
    ],
  ],
  [
    'three of three',
    { minApprovals: 3 },
    ['+alice = counted', '+carol = counted', '+alice = already_voted', '+dave = approved 1h'],
  ],
  [
    'the third of three denies',
    { minApprovals: 3 },
    ['+alice = counted', '+carol = counted', '-dave = denied'],
  ],
  [
    'more needed than there are is never reached',
    { minApprovals: 4 },
    [
      '+alice = counted',
      '+carol = counted',
      '+dave = counted',
      '+mallory = not_an_approver',
      '+alice = already_voted',
      '-alice = already_voted',
    ],
  ],
  ['an approver shortens', {}, ['+alice 30m = approved 30m']],
  ['an approver gives all that was asked', {}, ['+alice 1h = approved 1h']],
  [
    'an approver cannot widen',
    {},
    ['+alice 1h1s = cannot_widen', '+alice 7d = cannot_widen', '+alice = approved 1h'],
  ],
  [
    'less than a minute is no grant',
    {},
    ['+alice 59s = invalid_duration', '+alice 1m = approved 1m'],
  ],
  [
    'the shortest wish of two holds, the first',
    TWO,
    ['+alice 10m = counted', '+carol 50m = approved 10m'],
  ],
  [
    'the shortest wish of two holds, the last',
    TWO,
    ['+alice = counted', '+carol 10m = approved 10m'],
  ],
  [
    'a wish that widens is not counted',
    TWO,
    ['+alice 2h = cannot_widen', '+carol 20m = counted', '+alice = approved 20m'],
  ],
  [
    'what the policy allows caps what was asked',
    { maxDuration: HOUR / 2 },
    ['+alice = approved 30m'],
  ],
  [
    'what the policy allows caps what was wished',
    { maxDuration: HOUR / 2 },
    ['+alice 45m = approved 30m'],
  ],
  ['a denial carries a reason', {}, ['-alice silently = reason_missing', '-alice = denied']],
  ['an approval need not', {}, ['+alice silently = approved 1h']],
  [
    'an approval must where the policy says so',
    { requireDecisionReason: true },
    ['+alice silently = reason_missing', '+alice = approved 1h'],
  ],
  ['the owner denies with a reason too', {}, ['-bob silently = reason_missing', '-bob = denied']],
  [
    'only the entry points of the policy decide',
    SLACK_ONLY,
    [
      '+alice @cli = wrong_door',
      '+alice @api = wrong_door',
      '+alice @dashboard = wrong_door',
      '+alice @slack = approved 1h',
    ],
  ],
  [
    'only the entry points of the policy deny',
    SLACK_ONLY,
    ['-alice @cli = wrong_door', '-alice @slack = denied'],
  ],
  [
    'a vote from another entry point is not counted',
    { ...SLACK_ONLY, ...TWO },
    ['+alice @cli = wrong_door', '+carol @slack = counted', '+alice @slack = approved 1h'],
  ],
  [
    'without an entry point nothing is decided',
    { decideFrom: [] },
    ['+alice @slack = wrong_door', '-alice @cli = wrong_door'],
  ],
  [
    'without approvers a request cannot be approved and the owner may deny',
    { approvers: [] },
    ['+alice = not_an_approver', '+mallory = not_an_approver', '-bob = denied'],
  ],
];

describe('a sequence of votes', () => {
  test.each(SCRIPTS)('%s', (_, rules, steps) => {
    const box = playVotes(rules);
    for (const step of steps) {
      const [vote = '', expected] = step.split(' = ');
      const before = box.approval.status;
      expect.soft(box.cast(read(vote)), step).toBe(expected);
      const settled = /^(approved|denied)/.exec(expected ?? '')?.[1];
      expect.soft(box.approval.status, step).toBe(settled ?? before);
    }
  });
});

function read(text: string): Cast {
  const who = Object.keys(PEOPLE).find((name) => text.slice(1).split(' ')[0] === name);
  const entryPoint = ENTRY_POINTS.find((one) => text.includes(`@${one}`));
  if (!who) throw new Error(`no person in "${text}"`);
  return {
    who: who as keyof typeof PEOPLE,
    verdict: text.startsWith('+') ? 'approve' : 'deny',
    duration: text
      .split(' ')
      .map(parseDuration)
      .find((ms) => ms !== undefined),
    entryPoint,
    reason: text.includes('silently') ? ' \n ' : undefined,
  };
}
