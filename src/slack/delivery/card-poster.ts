/**
 * Draws cards in Slack: the destination `slack_card`. Each call draws the latest state, whatever changed, in every place where the
 * request is shown, so it bears being asked twice and late; when one copy fails, the others are not drawn again.
 *
 * Of two messages that a broken connection may have made in one channel the database knows the newer, which says that it may be a
 * repeat; a button on the older is refused with a hint to look at the newest card.
 */

import { approvalId } from '../../contract/fields.js';
import type { ApprovalId } from '../../domain/approval.js';
import type { CardCopy } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { showWhereMissing } from './card-destinations.js';
import { type CardParts, cardOf, isOpen } from './card-message.js';
import { type RedrawingParts, redraw } from './card-updates.js';
import { createDelivering, type Job, type Poster, type Told } from './channel-posting.js';
import { type Delivered, SENT, together } from './delivery-result.js';
import type { FoldingParts } from './digest-folding.js';

export type PosterParts = CardParts & RedrawingParts & FoldingParts;

export function createPoster(parts: PosterParts): Poster {
  return createDelivering(parts, (job) => show(parts, job));
}

async function show(parts: PosterParts, job: Job): Promise<Told> {
  const subject = approvalId.safeParse(job.leased.subject).data;
  const facts = subject && (await parts.readCardFacts(subject));
  if (!facts) return SENT;
  const copies = await reachable(parts, facts.approval.id, job);
  const drawn = await Promise.all(copies.map((copy) => redrawCopy(parts, job, copy)));
  const told = drawn.filter((one) => one !== 'gone');
  // Whoever missed a request need not hear of it when it is over.
  if (!isOpen(facts)) return together(told);
  const standing = copies.filter((_, place) => drawn[place] !== 'gone');
  return together([...told, ...(await showWhereMissing(parts, job, facts, standing))]);
}

/** A copy in a workspace that we are no longer connected to cannot be reached. */
async function reachable({ cards }: PosterParts, id: ApprovalId, { teamId }: Job) {
  return (await cards.copies(id)).filter((copy) => copy.teamId === teamId);
}

async function redrawCopy(
  parts: PosterParts,
  job: Job,
  copy: CardCopy,
): Promise<Delivered | 'gone'> {
  const { subject, wanted } = job.leased;
  if (copy.drawn >= wanted) return SENT;
  let gone = false;
  const told = await job.deliveryErrors.attempt({ subject, channel: copy.channel }, async () => {
    const outcome = await redrawOne(parts, job, copy);
    gone = outcome === 'gone';
    if (outcome === 'gone') await parts.cards.remove(copy);
    else if (outcome.outcome === 'sent') await parts.cards.recordDrawn(copy, wanted);
    return outcome === 'gone' ? SENT : outcome;
  });
  return gone ? 'gone' : told;
}

async function redrawOne(
  parts: PosterParts,
  job: Job,
  copy: CardCopy,
): Promise<Delivered | 'gone'> {
  if (copy.kind === 'digest') {
    await parts.digests.markOutdated(copy);
    return SENT;
  }
  const compose = async () => {
    const latest: CardFacts | undefined = await parts.readCardFacts(copy.approval);
    return latest && cardOf(parts, job, latest);
  };
  const urgent = job.leased.urgent ?? false;
  return redraw(parts, { place: copy, urgent, signal: job.signal, compose });
}
