/** End a grant early. Its holder may release it. Its approvers, the key's owner and administrators may revoke it. */

import { type Actor, keyActor, personActor } from '../../domain/audit-event.js';
import type { Grant, GrantId } from '../../domain/grant.js';
import type { Person } from '../../domain/person.js';
import { isApprover } from '../../domain/policy/policy.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { storable } from '../../domain/text.js';
import type { Reads, Store, Tx } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { currentApprovers, decidingPolicy } from '../policies/deciding-policy.js';

export type ReleaseGrant = (
  caller: Caller,
  id: GrantId,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<Grant>>;
export type RevokeGrant = (
  person: Person,
  id: GrantId,
  reason: string,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<Grant>>;

/** "I'm done": only the principal that has the grant may release it. */
export function createReleaseGrant(store: Store, idempotent: Idempotent): ReleaseGrant {
  return async (caller, id, idempotencyKey) => {
    const forbidden = requireScope(caller, 'grants:use');
    if (forbidden) return forbidden;
    return store.transaction((tx) =>
      idempotent(tx, idempotencyKey, async () => {
        const grant = await tx.grants.find(id);
        if (grant?.principal !== caller.principal.id) return refused({ code: 'not_found' });
        return end(tx, grant, 'released', keyActor(caller));
      }),
    );
  };
}

export interface RevokeGrantParts {
  readonly store: Store;
  readonly idempotent: Idempotent;
  readonly defaultApprovers: readonly string[];
}

/** Takes effect for the next read, in every process. */
export function createRevokeGrant({
  store,
  idempotent,
  defaultApprovers,
}: RevokeGrantParts): RevokeGrant {
  return (person, id, reason, idempotencyKey) =>
    store.transaction((tx) =>
      idempotent(tx, idempotencyKey, async () => {
        const grant = await tx.grants.find(id);
        if (!grant || !(await mayRevoke(tx, person, grant, defaultApprovers)))
          return refused({ code: 'not_found' });
        if (!reason.trim()) return refused({ code: 'reason_missing', minimum: 1 });
        return end(tx, grant, 'revoked', personActor(person), storable(reason));
      }),
    );
}

/** Whether a person may revoke a grant, so that a click can say so before a form opens. */
export type CheckRevoker = (person: Person, grant: Grant) => Promise<boolean>;

export const createCheckRevoker =
  (store: Store, defaults: readonly string[]): CheckRevoker =>
  (person, grant) =>
    mayRevoke(store, person, grant, defaults);

async function mayRevoke(
  tx: Pick<Reads, 'principals' | 'policies' | 'groups'>,
  person: Person,
  grant: Grant,
  defaults: readonly string[],
) {
  if (!person.active) return false;
  const holder = await tx.principals.find(grant.principal);
  if (person.role === 'admin' || holder?.owner === person.id) return true;
  const policies = await tx.policies.covering(grant.resources);
  const deciding = decidingPolicy(policies, grant.resources);
  if (!deciding.ok) return false;
  const approvers = currentApprovers(tx.groups, { policy: deciding.value, policies, defaults });
  return isApprover(person, await approvers);
}

async function end(
  tx: Tx,
  grant: Grant,
  how: 'revoked' | 'released',
  actor: Actor,
  reason?: string,
): Promise<Result<Grant>> {
  const ended = await tx.grants.end(grant.id, how, actor.id, reason);
  if (!ended)
    return refused({
      code: 'grant_ended',
      how: grant.status === 'active' ? 'expired' : grant.status,
    });
  await recordEnd(tx, grant, how, actor, reason);
  return ok(ended);
}

/** Records that a grant was ended, and redraws its card. */
export async function recordEnd(
  tx: Tx,
  grant: Grant,
  how: 'revoked' | 'released',
  actor: Actor,
  reason?: string,
): Promise<void> {
  const { approval, principal, resources, operation } = grant;
  tx.record({
    type: how === 'revoked' ? 'access_revoked' : 'access_released',
    actor,
    approval,
    grant: grant.id,
    principal,
    resources,
    operation,
    reason,
  });
  await tx.enqueueCardUpdate(approval);
  await tx.wake(approval);
}
