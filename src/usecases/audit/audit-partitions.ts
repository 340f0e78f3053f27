/** Opens a new partition of the audit trail each month, and detaches the oldest ones when an operator asks for it. */

import { systemActor } from '../../domain/audit-event.js';
import type { DetachedPartition, Store } from '../../ports/index.js';

/** Days for which one partition is open. */
const PARTITION_DAYS = 30;

/** Resolves with whether it opened a new partition. It may run twice, or on several processes at once. */
export function createOpenAuditPartition(store: Store): () => Promise<boolean> {
  return () =>
    store.transaction(async (tx) =>
      (await tx.auditPartitions.due(PARTITION_DAYS)) ? tx.auditPartitions.next() : false,
    );
}

/** Detaches the partitions that end before that moment, oldest first. Each is recorded with the hash that the next event is chained to. */
export type DetachAudit = (before: Date) => Promise<readonly DetachedPartition[]>;

export function createDetachAudit(store: Store): DetachAudit {
  return (before) =>
    store.transaction(async (tx) => {
      const detached: DetachedPartition[] = [];
      for (;;) {
        const partition = await tx.auditPartitions.detachOldest(before);
        if (!partition) return detached;
        const { archive, first, last, hash } = partition;
        tx.record({
          type: 'audit_detached',
          actor: systemActor('audit:detach'),
          details: { archive, first, last, hash },
        });
        detached.push(partition);
      }
    });
}
