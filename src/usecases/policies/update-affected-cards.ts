/** The card of an open request shows the policy that decides it. When policies change, update the cards of requests that they cover. */

import { createPolicyIndex } from '../../domain/policy/policy-index.js';
import type { Tx } from '../../ports/index.js';

/** `changed` are the patterns of policies that were written or removed. */
export async function updateAffectedCards(tx: Tx, changed: readonly string[]): Promise<void> {
  if (changed.length === 0) return;
  const index = createPolicyIndex(changed.map((uri) => ({ uri })));
  const covered = (resource: string) => index.deciding(resource) !== undefined;
  for (const { id, resources } of await tx.approvals.open())
    if (resources.some(covered)) await tx.enqueueCardUpdate(id);
}
