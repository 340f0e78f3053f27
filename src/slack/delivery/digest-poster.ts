/** Updates digests when their requests are decided: the destination `slack_digest`. Many changes at the same time become one update. */

import type { ApprovalId } from '../../domain/approval.js';
import type { DeliveryResult, DigestCardItem } from '../../ports/index.js';
import { type UpdateParts, updateMessage } from './card-updates.js';
import { createPoster, type Job, type Place, type Poster, SENT } from './channel-posting.js';
import { composeDigest, type FoldingParts, repostDigest } from './digest-folding.js';
import type { KeyedQueue } from './keyed-queue.js';

export interface DigestPosterParts extends FoldingParts, UpdateParts {
  /** A digest changes with each of its requests, so it is updated less often than a card. */
  readonly digestUpdates: KeyedQueue;
}

export function createDigestPoster(parts: DigestPosterParts): Poster {
  const digestParts = { ...parts, updates: parts.digestUpdates };
  return createPoster(parts, (job) => updateDigest(digestParts, job));
}

async function updateDigest(parts: DigestPosterParts, job: Job): Promise<DeliveryResult> {
  const { subject, wanted } = job.leased;
  const [channel = '', messageId = ''] = subject.split(':');
  const found = await parts.digests.find(channel, messageId);
  if (found?.teamId !== job.teamId) return SENT;
  return job.deliveryErrors.attempt({ subject, channel }, async () => {
    const compose = async () => {
      const items = await parts.digests.shown(channel, messageId);
      return composeDigest(parts, { items, teamId: job.teamId, revision: wanted });
    };
    const place = { channel, messageId };
    const update = { place, urgent: false, signal: job.signal, compose };
    const result = await updateMessage(parts, update);
    if (result === 'gone') return repostOpen(parts, job, place);
    return result === 'locked' ? SENT : result;
  });
}

/** The message was deleted in Slack: requests that are still open are shown in a new one. */
async function repostOpen(parts: DigestPosterParts, job: Job, gone: Place) {
  const items = await parts.digests.shown(gone.channel, gone.messageId);
  const ids = openIn(items);
  if (ids.length === 0) return SENT;
  return parts.posts(gone.channel, job.signal, async (spend) => {
    await repostDigest(parts, job, { channel: gone.channel, ids, spend }, gone);
    return SENT;
  });
}

const openIn = (items: readonly DigestCardItem[]): readonly ApprovalId[] =>
  items.filter(({ status }) => status === 'pending').map(({ approval }) => approval);
