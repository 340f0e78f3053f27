/** What of the outbox waits for a person to mend something in Slack, in words for whoever can. */

import type { FailingDeliveries } from '../../ports/index.js';
import { isPassing, remedy } from '../client/web-failure.js';
import { readError } from './delivery-errors.js';

export interface SlackFault {
  /** Slack's own, or ours: `no_channel`, `shared_channel`. */
  readonly code: string;
  /** Undefined when it is about no single channel. */
  readonly channel?: string;
  readonly since: Date;
  /** Messages. */
  readonly waiting: number;
  readonly todo: string;
}

/** Without what passes by itself. */
export function slackFaults(failing: readonly FailingDeliveries[]): readonly SlackFault[] {
  return failing.flatMap(({ error, since, waiting }) => {
    const about = readError(error);
    return isPassing(about.code) ? [] : [{ ...about, since, waiting, todo: remedy(about.code) }];
  });
}
