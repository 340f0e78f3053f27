/** The Slack message that shows a request's card. */

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

/** True while the request can still be decided. */
export const isOpen = ({ approval, now }: CardFacts): boolean =>
  approval.status === 'pending' && now < approval.expiresAt;

export function cardMessage(
  { dates }: Pick<CardParts, 'dates'>,
  { teamId, leased }: Pick<Job, 'teamId' | 'leased'>,
  facts: CardFacts,
): Message {
  return dated(dates, approvalCard(facts, { teamId, revision: leased.wanted }));
}

const REPEAT =
  'An earlier message about this request may have been posted too. Only this one is up to date.';

/** The message of a first post. `repeat`: an earlier attempt may have been posted too. */
export function newCardMessage(card: Message, { approval }: CardFacts, repeat: boolean): Message {
  return {
    ...card,
    blocks: repeat ? [...card.blocks, context(REPEAT)] : card.blocks,
    metadata: { event_type: 'vsecure_approval', event_payload: { approval_id: approval.id } },
  };
}
