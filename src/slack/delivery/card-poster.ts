/**
 * Posts and updates cards: the destination `slack_card`. Each delivery shows the latest state in every place where the request is shown,
 * so a repeated or late delivery does no harm. When one copy fails, the copies that succeeded are not updated again.
 *
 * After a broken connection a channel may hold two messages for one request. The database knows the newer one, which says that it may be a
 * repeat; a button on the older one is refused with a hint to look at the newest card.
 */

import { approvalId } from '../../contract/fields.js';
import type { ApprovalId } from '../../domain/approval.js';
import type { CardCopy, DeliveryResult } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { outcomeReply } from '../cards/thread-reply.js';
import { dated } from '../format/dates.js';
import { postMissingCopies } from './card-destinations.js';
import { type CardParts, cardMessage, isOpen } from './card-message.js';
import { type UpdateParts, updateMessage } from './card-updates.js';
import { createPoster, type Job, type Poster, post } from './channel-posting.js';
import { combineResults, SENT } from './delivery-result.js';
import type { FoldingParts } from './digest-folding.js';

export type CardPosterParts = CardParts & UpdateParts & FoldingParts;

export function createCardPoster(parts: CardPosterParts): Poster {
  return createPoster(parts, (job) => showCard(parts, job));
}

async function showCard(parts: CardPosterParts, job: Job): Promise<DeliveryResult> {
  const subject = approvalId.safeParse(job.leased.subject).data;
  const facts = subject && (await parts.readCardFacts(subject));
  if (!facts) return SENT;
  const copies = await reachableCopies(parts, facts.approval.id, job);
  const results = await Promise.all(copies.map((copy) => updateCopy(parts, job, copy)));
  const updated = results.filter((result) => result !== 'gone');
  // A decided request is not posted where it was never shown.
  if (!isOpen(facts)) return combineResults(updated);
  const existing = copies.filter((_, index) => results[index] !== 'gone');
  return combineResults([...updated, ...(await postMissingCopies(parts, job, facts, existing))]);
}

/** Copies in a workspace that vsecure is no longer connected to cannot be reached. */
async function reachableCopies({ cards }: CardPosterParts, id: ApprovalId, { teamId }: Job) {
  return (await cards.copies(id)).filter((copy) => copy.teamId === teamId);
}

async function updateCopy(
  parts: CardPosterParts,
  job: Job,
  copy: CardCopy,
): Promise<DeliveryResult | 'gone'> {
  const { subject, wanted } = job.leased;
  if (copy.drawn >= wanted) return SENT;
  let gone = false;
  const result = await job.deliveryErrors.attempt({ subject, channel: copy.channel }, async () => {
    const updated = await updateInSlack(parts, job, copy);
    gone = updated === 'gone';
    if (updated === 'gone') await parts.cards.remove(copy);
    else if (updated.outcome === 'sent') await parts.cards.recordDrawn(copy, wanted);
    return updated === 'gone' ? SENT : updated;
  });
  return gone ? 'gone' : result;
}

async function updateInSlack(
  parts: CardPosterParts,
  job: Job,
  copy: CardCopy,
): Promise<DeliveryResult | 'gone'> {
  if (copy.kind === 'digest') {
    await parts.digests.markOutdated(copy);
    return SENT;
  }
  const compose = async () => {
    const latest: CardFacts | undefined = await parts.readCardFacts(copy.approval);
    return latest && cardMessage(parts, job, latest);
  };
  const urgent = job.leased.urgent ?? false;
  const result = await updateMessage(parts, { place: copy, urgent, signal: job.signal, compose });
  return result === 'locked' ? replyWithOutcome(parts, job, copy) : result;
}

/** Slack does not let vsecure change the card: a reply in its thread says what became of the request. Its old buttons say so, too. */
function replyWithOutcome(
  parts: CardPosterParts,
  job: Job,
  { approval, channel, messageId }: CardCopy,
): Promise<DeliveryResult> {
  return post(parts, job.signal, {
    channel,
    threadTs: messageId,
    async compose() {
      const facts = await parts.readCardFacts(approval);
      if (!facts || isOpen(facts)) return undefined;
      return dated(parts.dates, outcomeReply(facts, job.teamId));
    },
  });
}
