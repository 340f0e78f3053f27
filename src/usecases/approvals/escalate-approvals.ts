/**
 * After the silence that the policy allows, its further approvers are asked. That they may decide follows from the clock alone
 * (`approversAt`): this tells them, redraws the card, and puts it on record.
 */

import type { Approval } from '../../domain/approval.js';
import { systemActor } from '../../domain/audit-event.js';
import type { Store, Tx } from '../../ports/index.js';
import { inBatches } from '../in-batches.js';
import { decidingPolicy } from '../policies/deciding-policy.js';

export type EscalateApprovals = () => Promise<number>;

const BATCH = 100;

/** Resolves with how many were looked at. Harmless to run twice or on several processes at once. */
export function createEscalateApprovals(store: Store): EscalateApprovals {
  const escalateDue = () =>
    store.transaction(async (tx) => {
      const due = await tx.approvals.escalateDue(BATCH);
      for (const approval of due) await escalate(tx, approval);
      return due.length;
    });
  return () => inBatches(BATCH, escalateDue);
}

/** The policy that it was asked under names further approvers; another one may decide it by now. */
async function escalate(tx: Tx, approval: Approval): Promise<void> {
  const deciding = await decidingPolicy(tx.policies, approval.resources);
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
