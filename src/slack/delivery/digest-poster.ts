/** Redraws digests as their requests are decided: the destination `slack_digest`. However many change at once, it is one drawing. */

import type { ApprovalId } from '../../domain/approval.js';
import type { DigestCardItem } from '../../ports/index.js';
import { digestMessage } from '../cards/digest-card.js';
import { dated } from '../format/dates.js';
import { type RedrawingParts, redraw } from './card-updates.js';
import {
  createDelivering,
  type Job,
  type Place,
  type Poster,
  SENT,
  type Told,
} from './channel-posting.js';
import { type FoldingParts, repostDigest, samples } from './digest-folding.js';
import type { Lanes } from './keyed-queue.js';

export interface DigestPosterParts extends FoldingParts, RedrawingParts {
  /** A digest changes with each of its requests: it is redrawn less often than a card. */
  readonly digestUpdates: Lanes;
}

export function createDigestPoster(parts: DigestPosterParts): Poster {
  const slowly = { ...parts, updates: parts.digestUpdates };
  return createDelivering(parts, (job) => tell(slowly, job));
}

async function tell(parts: DigestPosterParts, job: Job): Promise<Told> {
  const { subject, wanted } = job.leased;
  const [channel = '', messageId = ''] = subject.split(':');
  const found = await parts.digests.find(channel, messageId);
  if (found?.teamId !== job.teamId) return SENT;
  return job.deliveryErrors.attempt({ subject, channel }, async () => {
    const compose = async () => {
      const items = await parts.digests.shown(channel, messageId);
      const facts = await samples(parts, items);
      const { teamId } = job;
      return dated(parts.dates, digestMessage({ items, facts, teamId, revision: wanted }));
    };
    const place = { channel, messageId };
    const told = await redraw(parts, { place, urgent: false, signal: job.signal, compose });
    return told === 'gone' ? postAnew(parts, job, place) : told;
  });
}

/** Somebody deleted it; what is still open is shown again. */
async function postAnew(parts: DigestPosterParts, job: Job, gone: Place) {
  const items = await parts.digests.shown(gone.channel, gone.messageId);
  const ids = open(items);
  if (ids.length === 0) return SENT;
  return parts.posts(gone.channel, job.signal, async (spend) => {
    await repostDigest(parts, job, { channel: gone.channel, ids, spend }, gone);
    return SENT;
  });
}

const open = (items: readonly DigestCardItem[]): readonly ApprovalId[] =>
  items.filter(({ status }) => status === 'pending').map(({ approval }) => approval);
