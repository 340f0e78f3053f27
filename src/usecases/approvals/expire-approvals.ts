/** Settle expired requests, and notify waiters, owners and cards. A request expires by the clock, whether or not this job has run. */

import { systemActor } from '../../domain/audit-event.js';
import type { Store, Tx } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';
import { notifyOwner } from '../notifications/notify-owner.js';

export type ExpireApprovals = () => Promise<number>;

const BATCH = 100;

/** Resolves with the number of expired requests. It may run twice or in several processes at once. */
export function createExpireApprovals(store: Store): ExpireApprovals {
  return () => inBatches(BATCH, () => store.transaction(expireDue));
}

/** Expires one batch in an open transaction. Resolves with the number of expired requests. */
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
