/** Halfway to its expiry a request that nobody decided is brought to mind, once, in the thread of its card. */

import { MINUTE } from '../../domain/limits.js';
import type { Store } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';

export type RemindApprovers = () => Promise<number>;

const BATCH = 100;
/** Below this (ms) the card itself is still fresh at half time. */
const SHORTEST = 2 * MINUTE;

/** Resolves with how many. Harmless to run twice or on several processes at once. */
export function createRemindApprovers(store: Store): RemindApprovers {
  const remind = () =>
    store.transaction(async (tx) => {
      const due = await tx.approvals.remindDue(BATCH, SHORTEST);
      for (const { id } of due) await tx.enqueueThreadReply('reminder', id);
      return due.length;
    });
  return () => inBatches(BATCH, remind);
}
