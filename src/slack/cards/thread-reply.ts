/** What is said once in the thread of a card that nobody has decided. It mentions those who may, where the policy lets phones ring. */

import type { ThreadReply } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { moment, section } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { approverNames } from './mentions.js';

export function threadNote(note: ThreadReply, facts: CardFacts, teamId: string): Card {
  const { text, line } = NOTES[note](facts, teamId);
  return { text, blocks: [section(line)] };
}

interface Note {
  /** For notifications. */
  readonly text: string;
  readonly line: string;
}

const NOTES: Record<ThreadReply, (facts: CardFacts, teamId: string) => Note> = {
  reminder: (facts, teamId) => ({
    text: 'Reminder: a request is still waiting for a decision.',
    line: `*Still waiting* for a decision, until ${moment(facts.approval.expiresAt)}. May decide: ${approverNames(facts, teamId)}`,
  }),
  escalation: (facts, teamId) => ({
    text: 'Nobody has decided yet: further approvers are asked.',
    line: `*Nobody has decided yet.* From now on these may decide, too: ${furtherNames(facts, teamId)}`,
  }),
};

const furtherNames = (facts: CardFacts, teamId: string): string =>
  approverNames({ ...facts, approvers: facts.policy?.escalateTo ?? [] }, teamId);
