/** Close what time has closed: tells waiters and cards. An approval is over by the clock, whether or not this has run. */

import { systemActor } from '../../domain/audit-event.js';
import type { Store, Tx } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';
import { notifyOwner } from '../notifications/notify-owner.js';

export type ExpireApprovals = () => Promise<number>;

const BATCH = 100;

/** Resolves with how many were closed. Harmless to run twice or on several processes at once. */
export function createExpireApprovals(store: Store): ExpireApprovals {
  return () => inBatches(BATCH, () => store.transaction(expireDue));
}

/** One batch of it, in a transaction that is open already. Resolves with how many were closed. */
export async function expireDue(tx: Tx): Promise<number> {
  const expired = await tx.approvals.expireDue(BATCH);
  for (const approval of expired) {
    const { id, principal, resources, operation } = approval;
    const about = { approval: id, principal, resources, operation };
    tx.record({ ...about, type: 'approval_expired', actor: systemActor('expire') });
    await notifyOwner(tx, approval, 'settled');
    await tx.enqueueCardUpdate(id);
    await tx.wake(id);
  }
  return expired.length;
}
