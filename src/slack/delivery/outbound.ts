/** What everything that we say to Slack shares, so that together it stays within what Slack allows. */

import type { WebClient } from '@slack/web-api';
import { createChannels } from '../client/channels.js';
import { createDirectMessages } from './direct-channels.js';
import { createLanes } from './keyed-queue.js';
import type { Pace } from './pacing.js';
import { createBudget } from './rate-budget.js';
import { createUnusable } from './unusable-channels.js';

export function createOutbound(client: WebClient, pace: Pace) {
  return {
    client,
    pace,
    openDirect: createDirectMessages(client),
    channels: createChannels(client),
    // Shorter than the wait for what a person must mend, so that each attempt after it is a real one.
    unusable: createUnusable(pace.mendedAfter * 0.8),
    posts: createLanes(pace.postGap),
    updates: createLanes(pace.updateGap),
    digestUpdates: createLanes(pace.digestGap),
    budget: createBudget({ burst: pace.updateBurst, perMinute: pace.updatesPerMinute }),
  };
}
