/** Warns about Slack faults that keep approvers from seeing requests. */

import { formatTime } from './field-list.js';
import type { Io } from './io.js';

/** Prints nothing when there is no fault, or when the server cannot be asked. */
export async function printSlackStatus(io: Io): Promise<void> {
  const { slack_faults: faults = [] } = await io
    .client()
    .readiness()
    .catch(() => ({ slack_faults: [] }));
  for (const { code, channel, waiting, since, todo } of faults) {
    const where = channel === undefined ? 'Slack' : `channel ${channel}`;
    io.err(
      `\nSlack problem (${code}): ${waiting} ${waiting === 1 ? 'message' : 'messages'} for ${where} undelivered since ${formatTime(since)}. Fix: ${todo}.`,
    );
  }
}
