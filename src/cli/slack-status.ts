/** Warns about Slack faults that keep approvers from seeing requests. */

import { formatTime } from './field-list.js';
import type { Io } from './io.js';

/** Prints nothing when there is no fault, or when the server cannot be asked. */
export async function printSlackStatus(io: Io): Promise<void> {
  const found = await io
    .client()
    .readiness()
    .catch(() => undefined);
  const { slack_faults: faults = [], slack_signatures: signatures } = found ?? {};
  if (signatures?.accepted === 0)
    io.err(
      `\nSlack problem (signature): ${signatures.refused} requests refused and none accepted, the last at ${formatTime(signatures.last_refused)}. Fix: ${signatures.todo}.`,
    );
  for (const { code, channel, waiting, since, todo } of faults) {
    const where = channel === undefined ? 'Slack' : `channel ${channel}`;
    io.err(
      `\nSlack problem (${code}): ${waiting} ${waiting === 1 ? 'message' : 'messages'} for ${where} undelivered since ${formatTime(since)}. Fix: ${todo}.`,
    );
  }
}
