/** The App Home, a digest and its review show the same signals as the card, in the same words and order. */

import { expect, test } from 'vitest';
import { approvalCard } from '../../src/slack/cards/approval-card.js';
import { digestMessage } from '../../src/slack/cards/digest-card.js';
import { signalLines } from '../../src/slack/cards/signal-blocks.js';
import { homeView } from '../../src/slack/home/home-view.js';
import { pageOf, reviewView } from '../../src/slack/views/review-view.js';
import type { CardFacts } from '../../src/usecases/approvals/card-facts.js';
import { lintMessage, lintView } from '../support/slack/blocks-lint.js';
import { asObject } from '../support/slack/json.js';
import { EVERY_STATE, factsOf, PENDING, signalsOf, TEAM } from './facts.js';

const itemOf = ({ approval, digest }: CardFacts, place = 0) => ({
  ...approval,
  approval: `appr_${String(place).padStart(22, '0')}` as const,
  requester: approval.requester.name,
  digest,
});

const digestOf = (all: readonly CardFacts[]) =>
  digestMessage({ items: all.map(itemOf), rows: all, facts: all, teamId: TEAM, revision: 7 });

const reviewOf = (all: readonly CardFacts[]) => {
  const { rows: _, ...page } = pageOf(all.map(itemOf), 0);
  return reviewView({ ...page, rows: all, place: { channel: 'C01', messageId: '1.1' } });
};

const NO_METRICS = {
  requests: 0,
  approved: 0,
  denied: 0,
  expired: 0,
  cancelled: 0,
  pending: 0,
  automatic: 0,
  decided: 0,
  hasty: 0,
  uses: 0,
};

function homeOf(all: readonly CardFacts[]) {
  const items = all.flatMap(({ approval, policy, signals }) =>
    policy ? [{ approval, policy, signals }] : [],
  );
  const none = { items: [], total: 0, atLeast: false };
  const pending = { items, total: items.length, atLeast: false };
  const { owner, now } = factsOf();
  if (!owner) throw new Error('the owner is missing');
  const facts = { pending, activeGrants: none, decided: [], metrics: NO_METRICS, now };
  return homeView(facts, owner, TEAM);
}

/** The texts of all sections. */
const texts = ({ blocks }: { readonly blocks: readonly object[] }): string =>
  blocks.map((block) => asObject(asObject(block)['text'])['text'] ?? '').join('\n');

const open = Object.entries(EVERY_STATE).filter(
  ([, { approval, policy, signals }]) =>
    approval.status === 'pending' && policy && signals.length > 0,
);

test.each(open)(
  'a request that is %s has the same signals in every list as on its card',
  (_, facts) => {
    const lines = signalLines(facts.signals).join('\n');
    expect(texts(approvalCard(facts, { teamId: TEAM, revision: 7 }))).toContain(lines);
    for (const draw of [homeOf, digestOf, reviewOf]) expect(texts(draw([facts]))).toContain(lines);
  },
);

test('each row names the operation, the secret, the key and its owner', () => {
  const facts = EVERY_STATE['asked by a new key for something sensitive'] ?? factsOf();
  for (const draw of [homeOf, digestOf, reviewOf])
    expect(texts(draw([facts]))).toContain(
      '*▲ High sensitivity:* *Read* `production/DATABASE_URL` for 1\u00a0hour\nAPI key `claude-desktop` of `bob@example.com`\n⚠ *New API key:*',
    );
});

test('the button of a digest is neutral, since it approves nothing', () => {
  const { blocks } = digestOf([factsOf()]);
  const [actions] = blocks.filter(({ type }) => type === 'actions');
  expect(JSON.stringify(actions)).toContain('digest_review');
  expect(JSON.stringify(actions)).not.toContain('"style"');
});

test('lists of the largest possible requests stay within Slack’s limits', () => {
  const hostile = '&'.repeat(500);
  const largest = factsOf({
    approval: {
      ...PENDING,
      resources: Array.from({ length: 20 }, () => `vsecure://secrets/${'A'.repeat(490)}`),
      reason: hostile,
      requester: {
        ...PENDING.requester,
        name: 'k'.repeat(128),
        ownerEmail: `${'&'.repeat(240)}@example.com`,
      },
    },
    approvers: Array.from({ length: 50 }, (_, n) => `${'&'.repeat(240)}${n}@example.com`),
    approverPeople: [],
    policyChanges: { sensitivity: 'high', name: hostile },
    signals: signalsOf(
      {
        lastDenied: { at: PENDING.createdAt, by: hostile },
        loosened: { at: PENDING.createdAt, by: hostile, isNew: false },
      },
      { words: ['\u202e'], policyName: hostile, hasWindows: true, outsideWindows: [hostile] },
    ),
  });
  const many = Array.from({ length: 10 }, () => largest);
  expect(lintMessage(digestOf(many.slice(0, 5)).blocks)).toEqual([]);
  expect(lintView(reviewOf(many))).toEqual([]);
  expect(lintView(homeOf(many))).toEqual([]);
});
