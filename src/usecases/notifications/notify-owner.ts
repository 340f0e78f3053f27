/** Notify the owner of a key of requests, decisions and first uses under that key. */

import type { Approval } from '../../domain/approval.js';
import type { PersonId } from '../../domain/person.js';
import type { Tx } from '../../ports/index.js';

/** Sends no message about the owner's own action. `by`: the person who acted, if any. */
export async function notifyOwner(
  tx: Tx,
  { id: approval, principal, requester: { owner } }: Approval,
  kind: 'asked' | 'settled' | 'first_use',
  by?: PersonId,
): Promise<void> {
  if (by !== owner) await tx.enqueueDirectMessage({ person: owner, kind, principal, approval });
}
