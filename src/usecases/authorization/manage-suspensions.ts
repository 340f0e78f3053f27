/** Suspend and resume keys by name over the API. This works while Slack is unavailable, and only an administrator's human key can resume. */

import { keyActor } from '../../domain/audit-event.js';
import type { Principal } from '../../domain/principal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { storable } from '../../domain/text.js';
import type { Store, Tx } from '../../ports/index.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { changeAs } from './change-as.js';
import { requireAdministrator } from './require-administrator.js';
import { requireScope } from './require-scope.js';
import type { SuspendPrincipal, Suspension } from './suspend-principal.js';

export interface ManageSuspensions {
  /** Needs the scope keys:manage, or a human key of the owner. */
  suspend(
    caller: Caller,
    name: string,
    reason: string,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<Suspension>>;
  /** Needs a human key of an administrator. */
  resume(
    caller: Caller,
    name: string,
    reason?: string,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Result<Principal>>;
}

export function createManageSuspensions(
  store: Store,
  idempotent: Idempotent,
  suspendPrincipal: SuspendPrincipal,
): ManageSuspensions {
  return {
    async suspend(caller, name, reason, idempotencyKey) {
      const forbidden = requireScope(caller, 'keys:manage');
      const found = await store.principals.byName(name);
      const own = caller.principal.class === 'human' && found?.owner === caller.owner.id;
      if (forbidden && !own) return forbidden;
      if (!found) return refused({ code: 'not_found' });
      const by = { person: caller.owner, through: `key ${caller.key.id}` };
      return suspendPrincipal(by, found.id, reason, idempotencyKey);
    },

    async resume(caller, name, reason, idempotencyKey) {
      const forbidden = requireAdministrator(caller);
      if (forbidden) return forbidden;
      return changeAs({ store, idempotent }, caller, idempotencyKey, (tx) =>
        resumeIn(tx, caller, name, reason),
      );
    },
  };
}

async function resumeIn(
  tx: Tx,
  caller: Caller,
  name: string,
  reason: string | undefined,
): Promise<Result<Principal>> {
  const found = await tx.principals.byName(name);
  const resumed = found && (await tx.principals.resume(found.id));
  if (!resumed) return refused({ code: 'not_found' });
  tx.record({
    type: 'key_resumed',
    actor: keyActor(caller),
    principal: resumed.id,
    reason: reason?.trim() ? storable(reason) : undefined,
  });
  return ok(resumed);
}
