/** The owner of a key hears what is asked and done with it, whoever holds it. */

import type { Approval } from '../../domain/approval.js';
import type { PersonId } from '../../domain/person.js';
import type { Tx } from '../../ports/index.js';

/** Not told of what they did themselves. `by`: the person who did it, if one did. */
export async function notifyOwner(
  tx: Tx,
  { id: approval, principal, requester: { owner } }: Approval,
  kind: 'asked' | 'settled' | 'first_use',
  by?: PersonId,
): Promise<void> {
  if (by !== owner) await tx.enqueueDirectMessage({ person: owner, kind, principal, approval });
}
