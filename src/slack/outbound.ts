/** What everything that we say to Slack shares, so that together it stays within what Slack allows. */

import type { WebClient } from '@slack/web-api';
import { createBudget } from './budget.js';
import { createChannels } from './channels.js';
import { createDirectMessages } from './direct-messages.js';
import { createLanes } from './lanes.js';
import type { Pace } from './pace.js';
import { createUnusable } from './unusable.js';

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
