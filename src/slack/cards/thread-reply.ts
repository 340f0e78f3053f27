/** Replies in the thread of a card: reminders without a decision, and the outcome of a card that Slack does not let vsecure change. */

import type { ThreadReply } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { context, plainSection, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { deadline } from './fact-blocks.js';
import { approverNames, approversLine } from './mentions.js';
import { outcomeBlocks } from './outcome-blocks.js';
import { fallbackText, headline } from './wording.js';

/** Sent once while there is no decision. It mentions the approvers unless the policy turns mentions off. */
export function threadReply(kind: ThreadReply, facts: CardFacts, teamId: string): Card {
  const { text, line } = REPLIES[kind](facts, teamId);
  return { text, blocks: [section(line)] };
}

/** What became of the request, below a card that still shows it as pending. */
export function outcomeReply(facts: CardFacts, teamId: string): Card {
  return {
    text: fallbackText(facts),
    blocks: [
      context(
        'Slack does not let vsecure change the card above. Its buttons decide nothing any more:',
      ),
      plainSection(headline(facts)),
      ...outcomeBlocks(facts, teamId),
    ],
  };
}

interface Reply {
  /** For notifications. */
  readonly text: string;
  readonly line: string;
}

const REPLIES: Record<ThreadReply, (facts: CardFacts, teamId: string) => Reply> = {
  reminder: (facts, teamId) => ({
    text: 'Reminder: a request is still pending.',
    line: `*Still pending.* ${deadline(facts.approval)} · ${approversLine(facts, teamId)}`,
  }),
  escalation: (facts, teamId) => ({
    text: 'A request is still pending: more approvers can decide it now.',
    line: `*Still pending.* These approvers can now decide it, too: ${escalationNames(facts, teamId)}. ${deadline(facts.approval)}`,
  }),
};

const escalationNames = (facts: CardFacts, teamId: string): string =>
  approverNames({ ...facts, approvers: facts.policy?.escalateTo ?? [] }, teamId);
