/** Cancels all requests and revokes all grants of a principal whose key or owner is no longer trusted. */

import type { Actor } from '../../domain/audit-event.js';
import type { PersonId } from '../../domain/person.js';
import type { PrincipalId } from '../../domain/principal.js';
import type { Tx } from '../../ports/index.js';

export interface Stop {
  readonly principal: PrincipalId;
  readonly actor: Actor;
  /** Shown with each cancelled request and revoked grant. */
  readonly why: string;
  /** Free text of the actor. */
  readonly reason?: string | undefined;
  /** Absent when no person did it. */
  readonly by?: PersonId | undefined;
}

/** Numbers of cancelled requests and revoked grants. */
export interface Stopped {
  readonly requests: number;
  readonly grants: number;
}

/** Cancels requests before grants: this waits for a concurrent decision, so the grant of that decision is found and revoked too. */
export async function stopPrincipal(tx: Tx, stop: Stop): Promise<Stopped> {
  const { principal, actor, reason } = stop;
  const shown = reason ? `${stop.why} ${reason}` : stop.why;
  const requests = await tx.approvals.cancelPending(principal, shown, stop.by);
  const grants = await tx.grants.revokeAll(principal, actor.id, shown);
  for (const { id: approval, resources, operation } of requests)
    tx.record({
      type: 'approval_cancelled',
      actor,
      principal,
      approval,
      resources,
      operation,
      reason,
    });
  for (const { id: grant, approval, resources, operation } of grants)
    tx.record({
      type: 'access_revoked',
      actor,
      principal,
      approval,
      grant,
      resources,
      operation,
      reason,
    });
  const touched = [...requests.map(({ id }) => id), ...grants.map(({ approval }) => approval)];
  for (const id of touched.sort()) {
    await tx.enqueueCardUpdate(id);
    await tx.wake(id);
  }
  return { requests: requests.length, grants: grants.length };
}
