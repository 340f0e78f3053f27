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
  const drawing = { teamId: job.teamId, revision: job.leased.wanted };
  const card = dated(parts.dates, approvalCard(facts, drawing));
  // A card in a workspace that we are no longer connected to cannot be reached.
  if (posted?.teamId === job.teamId && (await redrawn(parts, card, posted))) return SENT;
  return isOpen(facts) ? postCard(parts, job, facts, card) : SENT;
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
  { teamId, signal }: Job,
  { policy, approval: { id } }: CardFacts,
  card: Card,
): Promise<Told> {
  const metadata = { event_type: 'vsecure_approval', event_payload: { approval_id: id } };
  const message = { ...card, metadata, channel: policy?.channel };
  // A message whose place is not known can never be redrawn.
  return post(parts, signal, message, (place) =>
    remember(parts, { ...place, approval: id, teamId }),
  );
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
