/** Says what keeps requests from being seen in Slack, to whoever looks for them here. */

import { formatTime } from './field-list.js';
import type { Io } from './io.js';

/** Says nothing when nothing does, or when the server does not tell. */
export async function printSlackStatus(io: Io): Promise<void> {
  const { slack_faults: faults = [] } = await io
    .client()
    .readiness()
    .catch(() => ({ slack_faults: [] }));
  for (const { code, channel, waiting, since, todo } of faults) {
    const where = channel === undefined ? 'Slack' : `the Slack channel ${channel}`;
    io.err(`\n${waiting} waiting for ${where} since ${formatTime(since)} (${code}): ${todo}.`);
  }
}
