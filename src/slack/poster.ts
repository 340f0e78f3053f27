/**
 * Draws cards in Slack: the destination `slack_card`. Each call draws the latest state, whatever changed, so it bears being asked
 * twice and late. Of two messages that a broken connection may have made the database knows the newer; a button on the older is
 * refused with a hint to look at the newest card, so at worst a person reads the request twice.
 */

import { approvalId } from '../contract/fields.js';
import type { Cards, PostedCard } from '../domain/ports.js';
import type { CardFacts, ReadCardFacts } from '../usecases/card-facts.js';
import { approvalCard } from './cards/approval-card.js';
import { type Dates, dated } from './dates.js';
import {
  createDelivering,
  type Job,
  LITERAL,
  type Poster,
  type PostingParts,
  post,
  SENT,
  type Told,
} from './posting.js';
import { webFailure } from './web-failure.js';

export interface PosterParts extends PostingParts {
  readonly readCardFacts: ReadCardFacts;
  readonly cards: Cards;
  readonly dates: Dates;
}

export function createPoster(parts: PosterParts): Poster {
  return createDelivering(parts, (job) => draw(parts, job));
}

async function draw(parts: PosterParts, job: Job): Promise<Told> {
  const subject = approvalId.safeParse(job.leased.subject).data;
  const facts = subject && (await parts.readCardFacts(subject));
  if (!facts) return SENT;
  const posted = await parts.cards.find(facts.approval.id);
  // A card in a workspace that we are no longer connected to cannot be reached.
  const reachable = posted?.teamId === job.teamId ? posted : undefined;
  if (reachable && (await redrawn(parts, drawing(parts, job, facts), reachable))) return SENT;
  return isOpen(facts) ? postCard(parts, job, facts) : SENT;
}

function drawing({ dates }: PosterParts, { teamId, leased }: Job, facts: CardFacts): Card {
  return dated(dates, approvalCard(facts, { teamId, revision: leased.wanted }));
}

/** Whoever missed a request need not hear of it when it is over. */
const isOpen = ({ approval, now }: CardFacts) =>
  approval.status === 'pending' && now < approval.expiresAt;

type Card = ReturnType<typeof approvalCard>;

/** False when the message is gone. */
async function redrawn({ client }: PosterParts, card: Card, place: PostedCard): Promise<boolean> {
  const { channel, messageTs: ts } = place;
  try {
    await client.chat.update({ ...LITERAL, ...card, channel, ts });
    return true;
  } catch (error) {
    if (webFailure(error)?.code === 'message_not_found') return false;
    throw error;
  }
}

function postCard(
  parts: PosterParts,
  job: Job,
  { policy, approval: { id } }: CardFacts,
): Promise<Told> {
  const metadata = { event_type: 'vsecure_approval', event_payload: { approval_id: id } };
  return post(parts, job.signal, {
    channel: policy?.channel,
    async compose() {
      // While it waited for its turn it may have been decided.
      const facts = await parts.readCardFacts(id);
      return facts && isOpen(facts) ? { ...drawing(parts, job, facts), metadata } : undefined;
    },
    // A message whose place is not known can never be redrawn.
    remember: (place) => remember(parts, { ...place, approval: id, teamId: job.teamId }),
  });
}

/** When the place cannot be stored, the message is taken back as far as possible; the next attempt posts another. */
async function remember({ cards, client }: PosterParts, card: PostedCard): Promise<void> {
  try {
    await cards.save(card);
  } catch (error) {
    await client.chat.delete({ channel: card.channel, ts: card.messageTs }).catch(() => {});
    throw error;
  }
}
