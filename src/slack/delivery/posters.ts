/** The poster of each destination in Slack. */

import type { Destination } from '../../ports/index.js';
import { createHomePoster, type HomePublisherParts } from '../home/publisher.js';
import { type AutoPosterParts, createAutoPoster } from './auto-approval-poster.js';
import { type CardPosterParts, createCardPoster } from './card-poster.js';
import type { Poster } from './channel-posting.js';
import { createDigestPoster, type DigestPosterParts } from './digest-poster.js';
import { createDirectPoster, type DirectPosterParts } from './direct-message-poster.js';
import { createPolicyPoster, type PolicyPosterParts } from './policy-change-poster.js';
import { createThreadPoster, type ThreadPosterParts } from './thread-reply-poster.js';

export type PostersParts = CardPosterParts &
  DigestPosterParts &
  PolicyPosterParts &
  AutoPosterParts &
  DirectPosterParts &
  ThreadPosterParts &
  HomePublisherParts;

export type Posters = ReturnType<typeof createPosters>;

export function createPosters(parts: PostersParts) {
  return {
    slack_card: createCardPoster(parts),
    slack_digest: createDigestPoster(parts),
    slack_policy_change: createPolicyPoster(parts),
    slack_auto: createAutoPoster(parts),
    slack_direct: createDirectPoster(parts),
    slack_thread: createThreadPoster(parts),
    slack_home: createHomePoster(parts),
  } satisfies Partial<Record<Destination, Poster>>;
}
