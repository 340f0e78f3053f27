/** Cuts the audit trail into parts, one a month, and takes the oldest ones out of the table when whoever runs the database says so. */

import { systemActor } from '../../domain/audit-event.js';
import type { DetachedPart, Store } from '../../ports/index.js';

/** Days for which one part is written. */
const PART_DAYS = 30;

/** Resolves with whether a new part was opened. Harmless to run twice or on several processes at once. */
export function createNextAuditPart(store: Store): () => Promise<boolean> {
  return () =>
    store.transaction(async (tx) =>
      (await tx.auditParts.due(PART_DAYS)) ? tx.auditParts.next() : false,
    );
}

/** The parts that ended before that moment, the oldest first. Each is on record with the hash that the rest is chained to. */
export type DetachAudit = (before: Date) => Promise<readonly DetachedPart[]>;

export function createDetachAudit(store: Store): DetachAudit {
  return (before) =>
    store.transaction(async (tx) => {
      const detached: DetachedPart[] = [];
      for (;;) {
        const part = await tx.auditParts.detachOldest(before);
        if (!part) return detached;
        const { archive, first, last, hash } = part;
        tx.record({
          type: 'audit_detached',
          actor: systemActor('audit:detach'),
          details: { archive, first, last, hash },
        });
        detached.push(part);
      }
    });
}
