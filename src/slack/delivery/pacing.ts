/** How fast we speak to Slack, and from when on much is said in one message. https://docs.slack.dev/apis/web-api/rate-limits */

import { MINUTE, SECOND } from '../../domain/limits.js';

export interface Pace {
  /** Milliseconds between two posts in one channel. */
  readonly postGap: number;
  /** Milliseconds between two redrawings in one channel, and of its digests. */
  readonly updateGap: number;
  readonly digestGap: number;
  /** Redrawings in the whole workspace: so many at once, then so many in a minute. */
  readonly updateBurst: number;
  readonly updatesPerMinute: number;
  /** Milliseconds until what only a person can mend is tried again. */
  readonly mendedAfter: number;
  /** When more than this wait for their card in one channel, one message shows them all. */
  readonly digestAbove: number;
  /** Milliseconds for which what waits later joins the same message. */
  readonly digestOpenFor: number;
}

/** Posts have a rate of their own, about one a second in each channel; `chat.update` is of tier 3, 50 in a minute. */
export const SLACKS_PACE: Pace = {
  postGap: 1100,
  updateGap: 300,
  digestGap: 3 * SECOND,
  updateBurst: 20,
  updatesPerMinute: 50,
  mendedAfter: MINUTE,
  digestAbove: 10,
  digestOpenFor: 5 * MINUTE,
};
