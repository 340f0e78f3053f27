/** Cancel a pending request. The requester and the owner of the requesting key may do this. */

import type { Approval, ApprovalId } from '../../domain/approval.js';
import { keyActor } from '../../domain/audit-event.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import type { Store, Tx } from '../../ports/index.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { notifyOwner } from '../notifications/notify-owner.js';

/** A retry with the same idempotency key gets the first answer instead of `already_decided`. */
export type CancelRequest = (
  caller: Caller,
  id: ApprovalId,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<Approval>>;

export function createCancelRequest(store: Store, idempotent: Idempotent): CancelRequest {
  return (caller, id, idempotencyKey) =>
    store.transaction((tx) => idempotent(tx, idempotencyKey, () => cancel(tx, caller, id)));
}

async function cancel(tx: Tx, caller: Caller, id: ApprovalId): Promise<Result<Approval>> {
  const approval = await tx.approvals.lock(id);
  if (!approval || !mayCancel(caller, approval)) return refused({ code: 'not_found' });
  if (approval.status === 'expired') return refused({ code: 'expired' });
  if (approval.status !== 'pending')
    return refused({ code: 'already_decided', status: approval.status });
  const settled = await tx.approvals.settle(id, { status: 'cancelled', by: caller.owner.id });
  if (!settled) return refused({ code: 'expired' });
  const { principal, resources, operation } = approval;
  const about = { approval: id, principal, resources, operation };
  tx.record({ ...about, type: 'approval_cancelled', actor: keyActor(caller) });
  // The owner is notified when an AI tool cancels with the owner's agent key, because the owner did not do it.
  const by = caller.principal.class === 'human' ? caller.owner.id : undefined;
  await notifyOwner(tx, settled, 'settled', by);
  await tx.enqueueCardUpdate(id);
  await tx.wake(id);
  return ok(settled);
}

function mayCancel(caller: Caller, { principal, requester }: Approval): boolean {
  if (caller.principal.id === principal) return may(caller, 'access:request');
  return caller.principal.class === 'human' && caller.owner.id === requester.owner;
}
