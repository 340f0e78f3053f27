/** Close what time has closed: tells waiters and cards. An approval is over by the clock, whether or not this has run. */

import { systemActor } from '../domain/audit-event.js';
import type { Store, Tx } from '../domain/ports.js';

export type ExpireApprovals = () => Promise<number>;

const BATCH = 100;

/** Resolves with how many were closed. Harmless to run twice or on several processes at once. */
export function createExpireApprovals(store: Store): ExpireApprovals {
  return async () => {
    let total = 0;
    for (let batch = BATCH; batch === BATCH; total += batch)
      batch = await store.transaction(expireDue);
    return total;
  };
}

/** One batch of it, in a transaction that is open already. Resolves with how many were closed. */
export async function expireDue(tx: Tx): Promise<number> {
  const expired = await tx.approvals.expireDue(BATCH);
  for (const { id, principal, resources, operation } of expired) {
    const about = { approval: id, principal, resources, operation };
    tx.record({ ...about, type: 'approval_expired', actor: systemActor('expire') });
    await tx.touchCard(id);
    await tx.wake(id);
  }
  return expired.length;
}
