/** Deliveries that wait until a person fixes something in Slack, each with what to do. */

import type { FailingDeliveries } from '../../ports/index.js';
import { isTransient, remedy } from '../client/web-failure.js';
import { readError } from './delivery-errors.js';

export interface SlackFault {
  /** Slack's own code, or one of vsecure's: `no_channel`, `shared_channel`. */
  readonly code: string;
  /** Undefined when the fault concerns no single channel. */
  readonly channel?: string;
  readonly since: Date;
  /** Messages. */
  readonly waiting: number;
  readonly todo: string;
}

/** Leaves out what goes away without a fix. */
export function slackFaults(failing: readonly FailingDeliveries[]): readonly SlackFault[] {
  return failing.flatMap(({ error, since, waiting }) => {
    const about = readError(error);
    return isTransient(about.code) ? [] : [{ ...about, since, waiting, todo: remedy(about.code) }];
  });
}
