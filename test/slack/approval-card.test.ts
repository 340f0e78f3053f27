/** Consent integrity: the facts on a card come from the database, whatever the agent writes. */
import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foremost, type RiskFacts, riskSignals } from '../../src/domain/risk-signals.js';
import { UNVERIFIED } from '../../src/slack/cards/agent-blocks.js';
import { approvalCard, type Card } from '../../src/slack/cards/approval-card.js';
import { pathOf } from '../../src/slack/format/resource-names.js';
import { approveForm, denyForm } from '../../src/slack/views/decision-forms.js';
import { detailsView } from '../../src/slack/views/details-view.js';
import type { CardFacts } from '../../src/usecases/approvals/card-facts.js';
import { lintMessage, lintView } from '../support/slack/blocks-lint.js';
import { asArray, asObject, asString, type JsonObject } from '../support/slack/json.js';
import { asking, changeTo, EVERY_STATE, factsOf, PENDING, signalsOf, TEAM } from './facts.js';
import { hostileText } from './hostile.js';

const RISKS: RiskFacts = {
  operation: 'delete',
  resources: PENDING.resources,
  duration: PENDING.duration,
  words: [],
  hasWindows: true,
  outsideWindows: ['Mon-Fri 09:00-17:00 Europe/Berlin'],
  record: undefined,
  secrets: undefined,
  now: PENDING.createdAt,
};
const DRAWING = { teamId: TEAM, revision: 7 };
const OPENING = { teamId: TEAM, seen: PENDING.digest };

const draw = (facts: CardFacts) => approvalCard(facts, DRAWING);
const states = Object.entries(EVERY_STATE);

/** All blocks but the one with the agent's words. */
function ours(blocks: readonly KnownBlock[]): string {
  const others = blocks.filter((block) => !JSON.stringify(block).includes(`"${UNVERIFIED}`));
  expect(others).toHaveLength(blocks.length - 1);
  return JSON.stringify(others);
}

/** Every text that Slack would parse. */
function parsed(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(parsed);
  if (typeof node !== 'object' || node === null) return [];
  if ('type' in node && node.type === 'mrkdwn' && 'text' in node) return [String(node.text)];
  return Object.values(node).flatMap(parsed);
}

/** A card as a reader sees it: one line for each text and button, the fallback first. */
function outline({ text, blocks }: Card): string {
  return [text, ...blocks.flatMap((block) => [`-- ${block.type}`, ...said(block)])].join('\n');
}

const buttonsOf = ({ blocks }: Card): readonly JsonObject[] =>
  asArray(blocks)
    .map(asObject)
    .flatMap(({ type, elements }) => (type === 'actions' ? asArray(elements).map(asObject) : []));

function said(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(said);
  if (typeof node !== 'object' || node === null) return [];
  if ('text' in node && typeof node.text === 'string') return [node.text];
  const { text, style } = { style: '', text: undefined, ...node };
  if (text !== undefined) return said(text).map((line) => (style ? `${line} (${style})` : line));
  return Object.values(node).flatMap(said);
}

test('a reason that was added later stands on the card, marked as updated, and below the first one in Details', () => {
  const facts = asking({ reason: 'short', updatedReason: 'The database fails\u202e since nine' });
  const card = said(draw(facts).blocks).join('\n');
  expect(card).toContain(
    '“The database fails▯ since nine” Updated: the first reason is in Details.',
  );
  const lines = said(detailsView(facts, TEAM).blocks);
  const first = lines.indexOf('│ short');
  expect(lines.slice(first, first + 3)).toEqual([
    '│ short',
    '*Updated* reason',
    '│ The database fails⟦U+202E⟧ since nine',
  ]);
  expect(ours(draw(facts).blocks)).toBe(ours(draw(asking({ reason: 'short' })).blocks));
});

describe.each(states)('a card that is %s', (_, facts) => {
  test('matches its snapshot', () => {
    expect(outline(draw(facts))).toMatchSnapshot();
  });

  test('stays within Slack’s limits', () => {
    expect(lintMessage(draw(facts).blocks)).toEqual([]);
    expect(lintView(detailsView(facts, TEAM))).toEqual([]);
  });

  test('has decision buttons only while it is pending, and a revoke button only while the grant is active', () => {
    const open = facts.approval.status === 'pending' && facts.policy?.decideFrom.includes('slack');
    const live = facts.grant?.status === 'active';
    expect(buttonsOf(draw(facts)).map(({ action_id }) => action_id)).toEqual([
      ...(open ? ['approve', 'deny'] : []),
      ...(live ? ['revoke'] : []),
      'details',
    ]);
  });

  test('labels every button for screen readers', () => {
    for (const { text, accessibility_label } of buttonsOf(draw(facts)))
      expect(String(accessibility_label).length).toBeGreaterThan(
        asString(asObject(text)['text']).length,
      );
  });

  test('shows its status in words, not only in colours', () => {
    const title = outline(draw(facts)).split('\n')[2] ?? '';
    expect(title.endsWith('?')).toBe(facts.approval.status === 'pending');
    if (facts.approval.status !== 'pending')
      expect(title).toMatch(
        /^(Approved|Auto-approved|Denied|Sent back|Expired|Withdrawn|Revoked): (read|change|delete) /,
      );
  });

  test('mentions its approvers once while it is pending, and not afterwards', () => {
    const mentions =
      parsed(draw(facts))
        .join('\n')
        .match(/<[@!](?!date)[^>]*>/g) ?? [];
    const { approval, settledBy, endedBy } = facts;
    if (approval.status === 'pending')
      return expect(mentions.filter((one) => one === '<!subteam^S01ONCALL>').length).toBeLessThan(
        2,
      );
    const settler = [settledBy, endedBy].flatMap((person) =>
      (person?.slack ?? []).map(({ userId }) => `<@${userId}>`),
    );
    expect(mentions.filter((one) => !settler.includes(one))).toEqual([]);
  });

  test('shows the same facts for any text of the agent', () => {
    const { approval } = facts;
    const with_ = (reason: string, claimedClient?: string) =>
      draw({ ...facts, approval: { ...approval, reason, claimedClient } });
    const silent = with_('');
    fc.assert(
      fc.property(hostileText, fc.option(hostileText, { nil: undefined }), (reason, client) => {
        const card = with_(reason, client?.slice(0, 200));
        expect(ours(card.blocks)).toBe(ours(silent.blocks));
        expect(card.text).toBe(silent.text);
        expect(lintMessage(card.blocks)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

test('the agent cannot add a mention, a link or markup to the card, the forms or the details', () => {
  const live = (facts: CardFacts) => [
    ...parsed(draw(facts)),
    ...parsed(approveForm(facts, OPENING)),
    ...parsed(denyForm(facts, OPENING)),
    ...parsed(detailsView(facts, TEAM)),
  ];
  const permitted = new Set(live(asking({ reason: 'a', claimedClient: 'b' })));
  fc.assert(
    fc.property(hostileText, (text) => {
      const facts = asking({ reason: text, claimedClient: text.slice(0, 200) });
      const foreign = live(facts).filter((one) => !permitted.has(one));
      expect(foreign).toEqual([]);
      for (const view of [approveForm(facts, OPENING), denyForm(facts, OPENING)])
        expect(lintView(view)).toEqual([]);
      expect(lintView(detailsView(facts, TEAM))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('hidden characters add one line to the facts, and take no other signal’s place', () => {
  const facts = EVERY_STATE['denied before'] ?? factsOf();
  const { shown, more } = foremost(facts.signals);
  fc.assert(
    fc.property(hostileText, (words) => {
      const marked = riskSignals({ ...RISKS, words: [words] });
      const others = marked.filter(({ kind }) => kind !== 'hidden');
      expect(others).toEqual(riskSignals({ ...RISKS, words: [] }));
      expect(foremost(marked).shown.filter(({ kind }) => kind !== 'hidden')).toEqual(
        foremost(others).shown,
      );
    }),
    { numRuns: 300 },
  );
  expect(shown.length + more).toBe(facts.signals.length);
});

test('two resources never have the same short name', () => {
  const all = [
    'vsecure://secrets/a',
    'vsecure://secrets/secrets/a',
    'vsecure://secrets/templates/a',
    'vsecure://templates/a',
    'vsecure://secrets/audit',
    'vsecure://audit',
    'vsecure://secrets/api-keys/a',
    'vsecure://api-keys',
  ];
  expect(new Set(all.map(pathOf)).size).toBe(all.length);
});

test('the approver’s reason is quoted as plain text, too', () => {
  const { approval, ...rest } = EVERY_STATE['denied'] ?? factsOf();
  const permitted = new Set(parsed(draw({ approval, ...rest })));
  fc.assert(
    fc.property(hostileText, (decisionReason) => {
      const { blocks } = draw({
        ...rest,
        approval: { ...approval, decisionReason } as typeof approval,
      });
      expect(parsed(blocks).filter((one) => !permitted.has(one))).toEqual([]);
      expect(lintMessage(blocks)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

describe('the largest possible request', () => {
  const resources = Array.from({ length: 20 }, (_, index) => {
    const start = `vsecure://secrets/${String(index).padStart(3, '0')}`;
    return `${start}${'/abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOP'.repeat(10)}`.slice(
      0,
      512,
    );
  });
  const people = Array.from({ length: 50 }, (_, index) => `${'a'.repeat(240)}${index}@example.com`);
  const worst = factsOf({
    approval: { ...PENDING, resources, reason: '"\\'.repeat(1000), claimedClient: '"'.repeat(200) },
    approvers: people,
    approverPeople: [],
    owner: undefined,
    policyChanges: { name: '"'.repeat(500), minApprovals: 10 },
    changes: [changeTo(4, ...Array.from({ length: 20 }, () => '"'.repeat(500)))],
    signals: signalsOf(
      {
        requestsInDay: 99_999,
        usualInDay: 1,
        lastDenied: { at: PENDING.createdAt, by: people[1] ?? '' },
        loosened: { at: PENDING.createdAt, by: 'k'.repeat(128), isNew: false },
      },
      {
        resources,
        policyName: '"'.repeat(500),
        hasWindows: true,
        outsideWindows: Array.from({ length: 10 }, () => 'Mon-Fri 09:00-17:00 America/Los_Angeles'),
        secrets: {
          existing: [],
          missing: resources.map((name) => ({ name, closest: name })),
          matched: [],
          atLeast: false,
        },
      },
    ),
  });

  test('fits on a card, which names three resources and counts the others', () => {
    const { blocks } = draw(worst);
    expect(lintMessage(blocks)).toEqual([]);
    const text = JSON.stringify(blocks);
    for (const resource of resources.slice(0, 3)) expect(text).toContain(resource.slice(-29));
    expect(text).toContain('and 17 more in Details');
  });

  test('fits in the forms, which name every resource in full', () => {
    for (const view of [approveForm(worst, OPENING), denyForm(worst, OPENING)]) {
      expect(lintView(view)).toEqual([]);
      for (const resource of resources) expect(JSON.stringify(view)).toContain(resource);
    }
  });

  test('fits on a card when all but one were granted', () => {
    const approved = {
      ...worst.approval,
      status: 'approved',
      settledAt: worst.now,
      decisionReason: '"'.repeat(2000),
      granted: 60_000,
      grantedResources: resources.slice(1),
      autoReport: '"'.repeat(2000),
    } as const;
    const facts = { ...worst, approval: approved };
    expect(lintMessage(draw(facts).blocks)).toEqual([]);
    expect(lintView(detailsView(facts, TEAM))).toEqual([]);
  });

  test('is shown in full in the details', () => {
    const view = detailsView(worst, TEAM);
    expect(lintView(view)).toEqual([]);
    for (const resource of resources) expect(JSON.stringify(view)).toContain(resource);
  });

  test('names eight approvers and counts the rest', () => {
    expect(JSON.stringify(draw(worst).blocks)).toContain(' and 42 more');
  });
});

test('a single resource of the greatest length is shown in full', () => {
  const name = 'a'.repeat(494);
  const facts = asking({ resources: [`vsecure://secrets/${name}`] });
  expect(JSON.stringify(draw(facts).blocks)).toContain(name);
});

test('approvers with an account in this workspace are mentioned, others are named by e-mail address', () => {
  const may = parsed(draw(factsOf())).find((text) => text.includes('Approvers:'));
  expect(may).toContain('Approvers: any one of <@U01ALICE>, `carol@example.com`');
  const elsewhere = approvalCard(factsOf(), { ...DRAWING, teamId: 'T99OTHER' });
  expect(parsed(elsewhere).find((text) => text.includes('Approvers:'))).not.toContain('<@');
});

test('a user group in the policy is mentioned once, whatever the agent writes', () => {
  const facts = EVERY_STATE['asked of a user group'] ?? factsOf();
  fc.assert(
    fc.property(hostileText, (reason) => {
      const { blocks } = draw({ ...facts, approval: { ...facts.approval, reason } });
      const mentions = parsed(blocks)
        .join()
        .match(/<!subteam\^[^>]*>/g);
      expect(mentions).toEqual(['<!subteam^S01ONCALL>']);
    }),
    { numRuns: 300 },
  );
});

test('a policy with mentions off mentions neither approvers nor voters', () => {
  const { blocks } = draw(
    factsOf({
      approvers: ['S01ONCALL', 'U01DAVE', 'alice@example.com'],
      policyChanges: { mention: false, minApprovals: 2 },
      votes: [
        { approval: PENDING.id, person: 'prsn_alice', verdict: 'approve', entryPoint: 'cli' },
      ],
    }),
  );
  expect(JSON.stringify(blocks)).not.toMatch(/<@|<!subteam/);
  expect(JSON.stringify(blocks)).toContain('*1 of 2 approvals:* `alice@example.com`');
});

test('the report of the auto-approval cannot contain markup', () => {
  fc.assert(
    fc.property(hostileText, (autoReport) => {
      const before = parsed(draw(factsOf()).blocks);
      const { blocks } = draw(asking({ autoReport }));
      expect(parsed(blocks)).toEqual(before);
      expect(lintMessage(blocks)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

describe('the checkboxes for resources in the approve form', () => {
  const named = (count: number) =>
    Array.from({ length: count }, (_, index) => `vsecure://secrets/production/R${index}`);
  const boxesOf = (count: number) =>
    asArray(approveForm(asking({ resources: named(count) }), OPENING).blocks)
      .map((block) => asObject(asObject(block)['element']))
      .filter(({ type }) => type === 'checkboxes');

  test('are absent for a single resource', () => {
    expect(boxesOf(1)).toEqual([]);
  });

  test.each([2, 10, 11, 20])('number %i for as many resources, all ticked', (count) => {
    const boxes = boxesOf(count);
    const values = boxes.flatMap(({ options }) =>
      asArray(options).map((one) => asObject(one)['value']),
    );
    expect(values).toEqual(named(count).map((_, index) => String(index)));
    for (const { options, initial_options } of boxes) expect(initial_options).toEqual(options);
    expect(lintView(approveForm(asking({ resources: named(count) }), OPENING))).toEqual([]);
  });
});

test('every revision of a card has new block_ids', () => {
  const ids = [1, 2].flatMap((revision) =>
    approvalCard(factsOf(), { ...DRAWING, revision }).blocks.map(({ block_id }) => block_id),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('an approver can choose the requested duration or less, and never more than the policy currently allows', () => {
  const options = (facts: CardFacts) =>
    [...JSON.stringify(approveForm(facts, OPENING)).matchAll(/"value":"(\d+)"/g)].map(([, ms]) =>
      Number(ms),
    );
  const hour = 3_600_000;
  expect(Math.max(...options(asking({ duration: 4 * hour })))).toBe(4 * hour);
  const tightened = factsOf({
    approval: { ...PENDING, duration: 4 * hour },
    policyChanges: { maxDuration: hour },
  });
  expect(Math.max(...options(tightened))).toBe(hour);
  expect(new Set(options(asking({ duration: 60_000 })))).toEqual(new Set([60_000]));
});
