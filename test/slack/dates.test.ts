/** For a client without Slack's date tokens, a card shows times in UTC. */
import { expect, test } from 'vitest';
import { approvalCard } from '../../src/slack/cards/approval-card.js';
import { dated } from '../../src/slack/format/dates.js';
import { asking, factsOf, TEAM } from './facts.js';

const card = (facts = factsOf()) => approvalCard(facts, { teamId: TEAM, revision: 1 });

test('each date token is replaced by its fallback text', () => {
  const text = JSON.stringify(dated('plain', card()));
  expect(text).toContain('Decide before 2026-11-22 15:00 UTC · ');
  expect(text).not.toContain('<!date');
});

test('a card for Slack itself stays unchanged', () => {
  expect(dated('local', card())).toEqual(card());
});

test('an agent’s text stays as it was written', () => {
  const facts = asking({ reason: '<!date^1^{date}|never> until 2099' });
  expect(JSON.stringify(dated('plain', card(facts)))).toContain(
    '“<!date^1^{date}|never> until 2099”',
  );
});
