/** Use a grant to review vsecure's own records (audit trail, API keys). The use is counted and recorded before any record is shown. */

import { keyActor } from '../../domain/audit-event.js';
import type { Grant } from '../../domain/grant.js';
import type { Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Store } from '../../ports/index.js';
import { useGrant } from '../approvals/use-grant.js';
import { attemptUse } from '../secrets/attempt-use.js';

export type ReviewedRecords = 'vsecure://audit' | 'vsecure://api-keys';

/** Resolves after the use is committed. */
export function useReviewGrant(
  store: Store,
  caller: Caller,
  resource: ReviewedRecords,
): Promise<Result<Grant>> {
  const use = { operation: 'read', resource } as const;
  return attemptUse(store, caller, use, async (tx) => {
    const used = await useGrant(tx, caller, use);
    if (used.ok)
      tx.record({
        type: 'records_read',
        actor: keyActor(caller),
        principal: caller.principal.id,
        grant: used.value.id,
        resources: [resource],
        operation: 'read',
        details: { key: caller.key.id },
      });
    return used;
  });
}
