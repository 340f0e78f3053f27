/** One line that says what an audit event did: the same words in the terminal, in Slack and in the API. */

import { expect, test } from 'vitest';
import { type AuditEvent, keyActor, personActor } from '../../src/domain/audit-event.js';
import { summaryOf } from '../../src/domain/event-summary.js';
import { EVENT_TYPES } from '../../src/domain/vocabulary.js';
import { person } from './decision-fixture.js';

const actor = personActor(person('alice'));
const about = { actor, principal: 'prin_1', operation: 'read' } as const;
const subject = { name: 'claude-desktop', class: 'agent', owner: 'bob@example.com' } as const;
const FOR = 'for claude-desktop (agent key of bob@example.com)';

const CASES: readonly [says: string, event: AuditEvent, text: string][] = [
  [
    'an approval and a denial differ',
    { ...about, type: 'approval_decided', details: { outcome: 'approved' } },
    `approved; read; ${FOR}`,
  ],
  [
    'a denial',
    { ...about, type: 'approval_decided', details: { outcome: 'denied' } },
    `denied; read; ${FOR}`,
  ],
  [
    'a vote',
    { ...about, type: 'vote_cast', details: { verdict: 'approve', through: 'key a', digest: 'd' } },
    `approve; read; ${FOR}`,
  ],
  [
    'a grant, with its duration',
    { ...about, type: 'access_granted', details: { duration: 5_400_000, digest: 'd' } },
    `read; 1h30m; ${FOR}`,
  ],
  [
    'the values of a changed policy',
    {
      actor,
      type: 'policy_changed',
      details: {
        policy: 'plcy_1',
        before: { id: 'plcy_1', version: 1, maxDuration: 3_600_000, approvers: ['a@x.io'] },
        after: {
          id: 'plcy_1',
          version: 2,
          maxDuration: 7_200_000,
          approvers: ['b@x.io', 'a@x.io'],
        },
      },
    },
    'approvers: a@x.io → a@x.io, b@x.io; maxDuration: 1h → 2h',
  ],
  [
    'a policy that is new',
    { actor, type: 'policy_changed', details: { policy: 'plcy_1', after: { maxDuration: 1 } } },
    'new policy',
  ],
  [
    'a policy that is gone',
    { actor, type: 'policy_changed', details: { policy: 'plcy_1', before: { maxDuration: 1 } } },
    'policy removed',
  ],
  [
    'a person’s role',
    { actor, type: 'person_changed', details: { email: 'a@x.io', role: 'admin', active: false } },
    'email a@x.io; role admin; active no',
  ],
];

test.each(CASES)('the summary says %s', (_, event, text) => {
  expect(summaryOf(event, event.principal && subject)).toBe(text);
});

test('a key that acts for itself is not named twice, and an unknown key not at all', () => {
  const own = keyActor({ principal: { id: 'prin_1', name: 'claude-desktop' } });
  expect(summaryOf({ ...about, actor: own, type: 'secret_read' }, subject)).toBe('read');
  expect(summaryOf({ ...about, type: 'secret_read' })).toBe('read');
});

test('no event type, with or without details, makes the summary fail', () => {
  for (const type of EVENT_TYPES)
    for (const details of [undefined, {}, { before: [], after: null, duration: '1h', to: [null] }])
      expect(() => summaryOf({ type, actor, details })).not.toThrow();
});
