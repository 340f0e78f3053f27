/** A request's card as it is sent to Slack. */

import type { Cards } from '../../ports/index.js';
import type { CardFacts, ReadCardFacts } from '../../usecases/approvals/card-facts.js';
import { approvalCard } from '../cards/approval-card.js';
import { type Dates, dated } from '../format/dates.js';
import { context } from '../format/text-objects.js';
import type { Job, Message } from './channel-posting.js';

export interface CardParts {
  readonly readCardFacts: ReadCardFacts;
  readonly cards: Cards;
  readonly dates: Dates;
}

/** Can somebody still decide it? */
export const isOpen = ({ approval, now }: CardFacts): boolean =>
  approval.status === 'pending' && now < approval.expiresAt;

export function cardOf(
  { dates }: Pick<CardParts, 'dates'>,
  { teamId, leased }: Pick<Job, 'teamId' | 'leased'>,
  facts: CardFacts,
): Message {
  return dated(dates, approvalCard(facts, { teamId, revision: leased.wanted }));
}

const REPEAT = 'Repeat: an earlier message with this request may have arrived. This one counts.';

/** A first post. `repeat`: nobody can say whether an earlier attempt got through. */
export function newCard(card: Message, { approval }: CardFacts, repeat: boolean): Message {
  return {
    ...card,
    blocks: repeat ? [...card.blocks, context(REPEAT)] : card.blocks,
    metadata: { event_type: 'vsecure_approval', event_payload: { approval_id: approval.id } },
  };
}
