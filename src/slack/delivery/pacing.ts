/** How fast vsecure sends to Slack, and when many requests become one message. https://docs.slack.dev/apis/web-api/rate-limits */

import { MINUTE, SECOND } from '../../domain/limits.js';
import { NEEDS_FIX_WAIT } from '../../domain/retry-policy.js';

export interface Pace {
  /** Milliseconds between two posts in one channel. */
  readonly postGap: number;
  /** Milliseconds between two card updates in one channel, and between two updates of its digests. */
  readonly updateGap: number;
  readonly digestGap: number;
  /** Updates in the whole workspace: a burst, then so many a minute. */
  readonly updateBurst: number;
  readonly updatesPerMinute: number;
  /** Milliseconds until a delivery that a person must fix is tried again. */
  readonly fixRetryMs: number;
  /** When more requests than this wait for their card in one channel, one message shows them all. */
  readonly digestAbove: number;
  /** Milliseconds during which later requests join the same message. */
  readonly digestOpenFor: number;
}

/** Slack allows about one post a second in each channel; `chat.update` is tier 3, 50 a minute. */
export const SLACK_PACE: Pace = {
  postGap: 1100,
  updateGap: 300,
  digestGap: 3 * SECOND,
  updateBurst: 20,
  updatesPerMinute: 50,
  fixRetryMs: NEEDS_FIX_WAIT,
  digestAbove: 10,
  digestOpenFor: 5 * MINUTE,
};
