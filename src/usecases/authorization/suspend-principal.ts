/** "Not me": the owner of a key or an administrator suspends it immediately. */

import { personActor } from '../../domain/audit-event.js';
import type { Person } from '../../domain/person.js';
import type { Principal, PrincipalId } from '../../domain/principal.js';
import { ok, type Result, refused } from '../../domain/result.js';
import { storable } from '../../domain/text.js';
import type { Store, Tx } from '../../ports/index.js';
import type { IdempotencyKey, Idempotent } from '../idempotent.js';
import { type Stopped, stopPrincipal } from './stop-principal.js';

/** The person who suspends. The adapter must have verified the identity. */
export interface Suspender {
  readonly person: Person;
  /** The key or Slack account that was used, for the audit trail. */
  readonly through: string;
}

export interface Suspension extends Stopped {
  readonly principal: Principal;
  /** The key was already suspended, so nothing changed. */
  readonly already: boolean;
}

export type SuspendPrincipal = (
  by: Suspender,
  id: PrincipalId,
  reason?: string,
  idempotencyKey?: IdempotencyKey,
) => Promise<Result<Suspension>>;

const WHY = 'The key was suspended.';

/** Only the owner and administrators may suspend. Other attempts are recorded. A second suspension changes nothing and notifies no person again. */
export function createSuspendPrincipal(store: Store, idempotent: Idempotent): SuspendPrincipal {
  return (by, id, reason, idempotencyKey) =>
    store.transaction((tx) => idempotent(tx, idempotencyKey, () => suspendIn(tx, by, id, reason)));
}

async function suspendIn(
  tx: Tx,
  by: Suspender,
  id: PrincipalId,
  reason: string | undefined,
): Promise<Result<Suspension>> {
  const known = await tx.principals.find(id);
  if (!known) return refused({ code: 'not_found' });
  if (!maySuspend(by.person, known)) {
    recordRefusal(tx, by, known);
    return refused({
      code: 'not_allowed',
      needs: 'the owner of this key, or an administrator',
    });
  }
  const suspended = await tx.principals.suspend(id, by.person.id);
  if (suspended)
    return suspension(await stopAndNotify(tx, by, suspended, reason), suspended, false);
  const principal = (await tx.principals.find(id)) ?? known;
  return suspension({ requests: 0, grants: 0 }, principal, true);
}

const maySuspend = ({ active, role, id }: Person, { owner }: Principal) =>
  active && (role === 'admin' || id === owner);

function suspension(stopped: Stopped, principal: Principal, already: boolean): Result<Suspension> {
  return ok({ ...stopped, principal, already });
}

function recordRefusal(tx: Tx, { person, through }: Suspender, { id }: Principal): void {
  tx.record({
    type: 'suspension_refused',
    actor: personActor(person),
    principal: id,
    refusal: 'not_allowed',
    details: { through },
  });
}

async function stopAndNotify(
  tx: Tx,
  { person, through }: Suspender,
  principal: Principal,
  given?: string,
): Promise<Stopped> {
  const actor = personActor(person);
  const reason = given?.trim() ? storable(given) : undefined;
  const stop = { principal: principal.id, actor, why: WHY, reason, by: person.id };
  const stopped = await stopPrincipal(tx, stop);
  tx.record({
    type: 'key_suspended',
    actor,
    principal: principal.id,
    reason,
    details: { through, grants: stopped.grants, requests: stopped.requests },
  });
  for (const id of await peopleToNotify(tx, principal))
    await tx.enqueueDirectMessage({ person: id, kind: 'suspended', principal: principal.id });
  return stopped;
}

/** All active administrators, and the owner. */
async function peopleToNotify(tx: Tx, { owner }: Principal) {
  const people = await tx.people.list();
  return people
    .filter(({ id, role, active }) => active && (role === 'admin' || id === owner))
    .map(({ id }) => id);
}
