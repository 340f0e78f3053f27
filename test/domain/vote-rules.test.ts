/** Invariants of random votes, and refusals of late votes. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { castVote } from '../../src/domain/approval.js';
import { formatDuration } from '../../src/domain/duration.js';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import { ENTRY_POINTS, VERDICTS } from '../../src/domain/vocabulary.js';
import { NOW, pending, policy } from './decision-fixture.js';
import { type Cast, type Name, PEOPLE, playVotes } from './play-votes.js';

const names = fc.constantFrom<Name[]>('alice', 'carol', 'dave', 'bob', 'mallory', 'eve');
const cast: fc.Arbitrary<Cast> = fc.record({
  who: names,
  verdict: fc.constantFrom(...VERDICTS, 'approve', 'approve'),
  duration: fc.option(
    fc.integer({ min: 0, max: 90 }).map((m) => m * MINUTE),
    { nil: undefined },
  ),
  entryPoint: fc.constantFrom(...ENTRY_POINTS),
});
const rules = fc.record({
  minApprovals: fc.integer({ min: 1, max: 4 }),
  allowSelfApproval: fc.boolean(),
  maxDuration: fc.constantFrom(HOUR / 2, HOUR, 8 * HOUR),
  decideFrom: fc.constantFrom([...ENTRY_POINTS], ['slack', 'cli'] as const),
  approvers: fc.constantFrom<string[]>(
    ['alice@example.com', 'carol@example.com', 'U0DAVE', 'eve@example.com'],
    ['alice@example.com', 'bob@example.com', 'U0DAVE'],
  ),
});
type Rules = typeof rules extends fc.Arbitrary<infer T> ? T : never;

const same = (one: string, other: string) =>
  one === other || (['api', 'cli'].includes(one) && ['api', 'cli'].includes(other));

/** The same rules as prose would have them: a list of who said yes, and a state. */
function reference({ approvers, minApprovals, allowSelfApproval, maxDuration, decideFrom }: Rules) {
  const yes = new Map<Name, number>();
  let settled = false;
  return ({ who, verdict, duration, entryPoint }: Cast): string => {
    const { active, email, slack } = PEOPLE[who];
    const named = approvers.includes(email) || slack.some((one) => approvers.includes(one.userId));
    const owner = who === 'bob';
    if (settled) return 'already_decided';
    if (!active) return 'person_inactive';
    if (owner && verdict === 'approve' && !allowSelfApproval) return 'own_request';
    const ownDenial = owner && verdict === 'deny';
    if (!named && !ownDenial) return 'not_an_approver';
    if (!ownDenial && entryPoint && !decideFrom.some((one) => same(one, entryPoint)))
      return 'wrong_door';
    if (yes.has(who)) return 'already_voted';
    if (duration !== undefined && duration < MINUTE) return 'invalid_duration';
    if (duration !== undefined && duration > HOUR) return 'cannot_widen';
    if (verdict === 'deny') {
      settled = true;
      return 'denied';
    }
    yes.set(who, duration ?? HOUR);
    if (yes.size < minApprovals) return 'counted';
    settled = true;
    return `approved ${formatDuration(Math.min(maxDuration, ...yes.values()))}`;
  };
}

describe('random votes of several people in random order', () => {
  test('the results of random votes match the rules in prose', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(rules, fc.array(cast, { minLength: 1, maxLength: 12 }), (given, votes) => {
        const [box, model] = [playVotes(given), reference(given)];
        for (const vote of votes) {
          const outcome = box.cast(vote);
          seen.add(outcome.split(' ')[0] ?? '');
          expect(outcome).toBe(model(vote));
        }
      }),
      { numRuns: 20_000 },
    );
    expect(seen.size).toBe(11);
  });

  test('random votes approve only with a quorum of different people, and never longer than the shortest vote', () => {
    fc.assert(
      fc.property(rules, fc.array(cast, { maxLength: 12 }), (given, votes) => {
        const box = playVotes(given);
        for (const vote of votes) box.cast(vote);
        const yes = box.votes.filter(({ verdict }) => verdict === 'approve');
        expect(new Set(box.votes.map(({ person }) => person)).size).toBe(box.votes.length);
        const denied = box.votes.some(({ verdict }) => verdict === 'deny');
        expect(box.approval.status === 'denied').toBe(denied);
        if (box.approval.status !== 'approved') return;
        expect(yes).toHaveLength(given.minApprovals);
        const wishes = yes.map(({ duration = HOUR }) => duration);
        expect(box.approval.granted).toBe(Math.min(given.maxDuration, HOUR, ...wishes));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('earlier votes', () => {
  const earlier = [
    { approval: 'appr_1', person: 'prsn_carol', verdict: 'approve', entryPoint: 'cli' } as const,
  ];
  const secondVote = (approvers: string[], earlierVoters: (typeof PEOPLE)[Name][]) =>
    castVote({
      approval: pending(),
      policy: policy({ minApprovals: 2 }),
      approvers,
      voter: PEOPLE.alice,
      vote: { approval: 'appr_1', person: 'prsn_alice', verdict: 'approve', entryPoint: 'cli' },
      earlier,
      earlierVoters,
      now: NOW,
    });
  const BOTH = ['alice@example.com', 'carol@example.com'];

  test('an earlier vote counts while its voter may decide', () => {
    expect(secondVote(BOTH, [PEOPLE.carol])).toMatchObject({ value: { status: 'approved' } });
  });

  test('an earlier vote does not count once its voter is no longer an approver', () => {
    const result = secondVote(['alice@example.com'], [PEOPLE.carol]);
    expect(result).toEqual({ ok: true, value: 'counted' });
  });

  test('an earlier vote does not count once its voter is deactivated', () => {
    const result = secondVote(BOTH, [{ ...PEOPLE.carol, active: false }]);
    expect(result).toEqual({ ok: true, value: 'counted' });
  });

  test('an earlier vote of an unknown voter does not count', () => {
    expect(secondVote(BOTH, [])).toEqual({ ok: true, value: 'counted' });
  });
});

describe('votes that come too late', () => {
  const at = (ms: number) => ({ expiresAt: new Date(NOW.getTime() + ms) });
  const yes = { who: 'alice', verdict: 'approve' } as const;

  test.each([
    [1, 'approved 1h'],
    [0, 'expired'],
    [-1, 'expired'],
  ])('a vote %d ms before the end of an approval results in: %s', (ms, outcome) => {
    expect(playVotes({}, at(ms)).cast(yes)).toBe(outcome);
    expect(playVotes({}, at(ms)).cast({ who: 'bob', verdict: 'deny' })).toBe(
      ms > 0 ? 'denied' : 'expired',
    );
  });

  test.each([
    ['approved', 'already_decided'],
    ['denied', 'already_decided'],
    ['cancelled', 'already_decided'],
    ['expired', 'expired'],
  ] as const)('every vote on an approval that is %s results in %s', (status, outcome) => {
    for (const who of Object.keys(PEOPLE) as Name[])
      for (const verdict of VERDICTS)
        expect(playVotes({}, { status, settledAt: NOW }).cast({ who, verdict })).toBe(outcome);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, MINUTE + 0.5])(
    'a vote with a duration of %d ms is refused',
    (duration) => expect(playVotes().cast({ ...yes, duration })).toBe('invalid_duration'),
  );
});
