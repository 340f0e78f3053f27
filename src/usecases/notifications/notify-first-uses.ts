/** Tells owners of keys that a grant was used for the first time: looked for every few seconds, never while a value is read. */

import type { Store } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';
import { notifyOwner } from './notify-owner.js';

export type NotifyFirstUses = () => Promise<number>;

const BATCH = 100;

/** Resolves with how many. Harmless to run twice or on several processes at once. */
export function createNotifyFirstUses(store: Store): NotifyFirstUses {
  const tell = () =>
    store.transaction(async (tx) => {
      const used = await tx.grants.takeFirstUses(BATCH);
      for (const grant of used) {
        const approval = await tx.approvals.find(grant.approval);
        if (approval) await notifyOwner(tx, approval, 'first_use');
      }
      return used.length;
    });
  return () => inBatches(BATCH, tell);
}
