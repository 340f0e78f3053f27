/** Remind approvers once, in the thread of the card, when half of a pending request's time has passed. */

import { MINUTE } from '../../domain/limits.js';
import type { Store } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';

export type RemindApprovers = () => Promise<number>;

const BATCH = 100;
/** Shortest time to live with a reminder (ms). For shorter ones the card itself is recent enough. */
const SHORTEST = 2 * MINUTE;

/** Resolves with the number of reminders. It may run twice or in several processes at once. */
export function createRemindApprovers(store: Store): RemindApprovers {
  const remind = () =>
    store.transaction(async (tx) => {
      const due = await tx.approvals.remindDue(BATCH, SHORTEST);
      for (const { id } of due) await tx.enqueueThreadReply('reminder', id);
      return due.length;
    });
  return () => inBatches(BATCH, remind);
}
