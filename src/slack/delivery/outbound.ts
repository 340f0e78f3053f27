/** What all posters share, so that together they stay within Slack's rate limits. */

import type { WebClient } from '@slack/web-api';
import { createChannels } from '../client/channels.js';
import { createDirectChannels } from './direct-channels.js';
import { createKeyedQueue } from './keyed-queue.js';
import type { Pace } from './pacing.js';
import { createRateBudget } from './rate-budget.js';
import { createUnusableChannels } from './unusable-channels.js';

export function createOutbound(client: WebClient, pace: Pace) {
  return {
    client,
    pace,
    openDirectChannel: createDirectChannels(client),
    channels: createChannels(client),
    // Shorter than the wait for a fix, so that each attempt after that wait really asks Slack.
    unusable: createUnusableChannels(pace.fixRetryMs * 0.8),
    posts: createKeyedQueue(pace.postGap),
    updates: createKeyedQueue(pace.updateGap),
    digestUpdates: createKeyedQueue(pace.digestGap),
    budget: createRateBudget({ burst: pace.updateBurst, perMinute: pace.updatesPerMinute }),
  };
}
