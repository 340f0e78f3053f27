/** Notify owners of keys of the first use of each grant, and show it on the card. A job does this every few seconds, so that reads are not slowed down. */

import type { Store } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';
import { notifyOwner } from './notify-owner.js';

export type NotifyFirstUses = () => Promise<number>;

const BATCH = 100;

/** Resolves with the number of grants. It may run twice or in several processes at once. */
export function createNotifyFirstUses(store: Store): NotifyFirstUses {
  const notifyBatch = () =>
    store.transaction(async (tx) => {
      const used = await tx.grants.takeFirstUses(BATCH);
      for (const grant of used) {
        const approval = await tx.approvals.find(grant.approval);
        if (!approval) continue;
        await notifyOwner(tx, approval, 'first_use');
        await tx.enqueueCardUpdate(approval.id);
      }
      return used.length;
    });
  return () => inBatches(BATCH, notifyBatch);
}
