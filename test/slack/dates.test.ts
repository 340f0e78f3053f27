/** Where nothing draws Slack's date tokens, a card says the time in UTC. */
import { expect, test } from 'vitest';
import { approvalCard } from '../../src/slack/cards/approval-card.js';
import { dated } from '../../src/slack/format/dates.js';
import { asking, factsOf, TEAM } from './facts.js';

const card = (facts = factsOf()) => approvalCard(facts, { teamId: TEAM, revision: 1 });

test('each token gives way to the time that it carries', () => {
  const text = JSON.stringify(dated('plain', card()));
  expect(text).toContain('*Decide before*\\n2026-11-22 15:00 UTC"');
  expect(text).not.toContain('<!date');
});

test('for Slack itself a card stays as it is', () => {
  expect(dated('local', card())).toEqual(card());
});

test('what an agent wrote is shown as it was written', () => {
  const facts = asking({ reason: '<!date^1^{date}|never> until 2099' });
  expect(JSON.stringify(dated('plain', card(facts)))).toContain('│ <!date^1^{date}|never> until');
});
