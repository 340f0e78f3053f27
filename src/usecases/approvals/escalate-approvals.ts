/**
 * Escalate requests that are still undecided after the policy's `escalateAfter`. The escalation approvers may decide from that time by
 * the clock alone (`approversAt`). This job notifies them, updates the card, and records the escalation.
 */

import type { Approval } from '../../domain/approval.js';
import { systemActor } from '../../domain/audit-event.js';
import type { Store, Tx } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';
import { decidingPolicy } from '../policies/deciding-policy.js';

export type EscalateApprovals = () => Promise<number>;

const BATCH = 100;

/** Resolves with the number of checked approvals. It may run twice or in several processes at once. */
export function createEscalateApprovals(store: Store): EscalateApprovals {
  const escalateDue = () =>
    store.transaction(async (tx) => {
      const due = await tx.approvals.escalateDue(BATCH);
      for (const approval of due) await escalate(tx, approval);
      return due.length;
    });
  return () => inBatches(BATCH, escalateDue);
}

/** The current policy decides. It may differ from the policy at the time of the request, and have no escalation approvers. */
async function escalate(tx: Tx, approval: Approval): Promise<void> {
  const policies = await tx.policies.covering(approval.resources);
  const deciding = decidingPolicy(policies, approval.resources);
  const further = deciding.ok ? deciding.value.escalateTo : undefined;
  if (!further) return;
  const { id, principal, resources, operation } = approval;
  tx.record({
    type: 'approval_escalated',
    actor: systemActor('escalate'),
    approval: id,
    principal,
    resources,
    operation,
    details: { to: further },
  });
  await tx.enqueueCardUpdate(id);
  await tx.enqueueThreadReply('escalation', id);
}
