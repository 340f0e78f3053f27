/** Close what time has closed: tells waiters and cards. An approval is over by the clock, whether or not this has run. */

import { systemActor } from '../domain/audit-event.js';
import type { Store } from '../domain/ports.js';

export type ExpireApprovals = () => Promise<number>;

const BATCH = 100;

/** Resolves with how many were closed. Harmless to run twice or on several processes at once. */
export function createExpireApprovals(store: Store): ExpireApprovals {
  return async () => {
    let total = 0;
    for (let batch = BATCH; batch === BATCH; total += batch) batch = await expireBatch(store);
    return total;
  };
}

const expireBatch = (store: Store) =>
  store.transaction(async (tx) => {
    const expired = await tx.approvals.expireDue(BATCH);
    for (const { id, principal, resources, operation } of expired) {
      const about = { approval: id, principal, resources, operation };
      tx.record({ ...about, type: 'approval_expired', actor: systemActor('expire') });
      await tx.touchCard(id);
      await tx.wake(id);
    }
    return expired.length;
  });
