/** A reply in the thread of a card without a decision, sent once. It mentions the approvers unless the policy turns mentions off. */

import type { ThreadReply } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { moment, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { approverNames, approversLine } from './mentions.js';

export function threadReply(kind: ThreadReply, facts: CardFacts, teamId: string): Card {
  const { text, line } = REPLIES[kind](facts, teamId);
  return { text, blocks: [section(line)] };
}

interface Reply {
  /** For notifications. */
  readonly text: string;
  readonly line: string;
}

const REPLIES: Record<ThreadReply, (facts: CardFacts, teamId: string) => Reply> = {
  reminder: (facts, teamId) => ({
    text: 'Reminder: a request is still waiting for a decision.',
    line: `*Still waiting for a decision.* Decide before ${moment(facts.approval.expiresAt)} · ${approversLine(facts, teamId)}`,
  }),
  escalation: (facts, teamId) => ({
    text: 'No decision yet: more approvers can decide now.',
    line: `*No decision yet.* These approvers can now decide, too: ${escalationNames(facts, teamId)}`,
  }),
};

const escalationNames = (facts: CardFacts, teamId: string): string =>
  approverNames({ ...facts, approvers: facts.policy?.escalateTo ?? [] }, teamId);
