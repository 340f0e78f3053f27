/** Plays a sequence of votes on one approval, as `decide` does: each counted vote and each settlement affects the next. */

import type { Vote } from '../../src/domain/approval.js';
import { type Approval, castVote } from '../../src/domain/approval.js';
import { formatDuration } from '../../src/domain/duration.js';
import type { Person } from '../../src/domain/person.js';
import type { Policy, PolicyRules } from '../../src/domain/policy/policy.js';
import type { EntryPoint, Verdict } from '../../src/domain/vocabulary.js';
import { NOW, pending, person, policy } from './decision-fixture.js';

/** Bob owns the asking key; Mallory is not an approver; Eve is a deactivated approver. */
export const PEOPLE = {
  alice: person('alice'),
  carol: person('carol'),
  dave: person('dave', { slack: [{ teamId: 'T1', userId: 'U0DAVE' }] }),
  bob: person('bob'),
  mallory: person('mallory', { role: 'admin' }),
  eve: person('eve', { active: false }),
} as const satisfies Record<string, Person>;
export type Name = keyof typeof PEOPLE;

export interface Cast {
  readonly who: Name;
  readonly verdict: Verdict;
  readonly duration?: number | undefined;
  readonly entryPoint?: EntryPoint | undefined;
  readonly reason?: string | undefined;
}

export interface Box {
  readonly policy: Policy;
  approval: Approval;
  readonly votes: Vote[];
  /** Casts one vote. `counted`, `denied`, `approved 30m`, or the code of the refusal. */
  cast(vote: Cast): string;
}

export function playVotes(rules: Partial<PolicyRules> = {}, start: Partial<Approval> = {}): Box {
  const box: Box = {
    policy: policy({ approvers: [...(policy().approvers ?? []), 'eve@example.com'], ...rules }),
    approval: { ...pending(), ...start } as Approval,
    votes: [],

    cast({ who, verdict, duration, entryPoint = 'cli', reason = 'because' }) {
      const voter = PEOPLE[who];
      const { approval, votes } = box;
      const vote: Vote = {
        approval: approval.id,
        person: voter.id,
        verdict,
        entryPoint,
        reason,
        duration,
      };
      const result = castVote({
        approval,
        policy: box.policy,
        approvers: box.policy.approvers ?? [],
        voter,
        vote,
        earlier: votes,
        earlierVoters: Object.values(PEOPLE).filter(({ id }) => votes.some((v) => v.person === id)),
        now: NOW,
      });
      if (!result.ok) return result.refusal.code;
      votes.push(vote);
      if (result.value === 'counted') return 'counted';
      const { by: _, ...settlement } = result.value;
      box.approval = { ...pending(), ...settlement, settledAt: NOW } as Approval;
      return settlement.status === 'approved'
        ? `approved ${formatDuration(settlement.granted)}`
        : settlement.status;
    },
  };
  return box;
}
