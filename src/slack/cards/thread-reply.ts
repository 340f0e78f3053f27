/** A reply in the thread of a card without a decision, sent once. It mentions the approvers unless the policy turns mentions off. */

import type { ThreadReply } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { deadline } from './fact-blocks.js';
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
