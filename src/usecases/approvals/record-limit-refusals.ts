/**
 * Record requests that were refused for a key's limits: at most one audit event for each key and minute, with their number and one
 * resource, so that a key that floods vsecure cannot flood the audit trail.
 */

import { type AuditEvent, keyActor } from '../../domain/audit-event.js';
import type { Caller } from '../../domain/rights.js';
import type { Operation, RefusalCode } from '../../domain/vocabulary.js';
import type { CountedRefusals, Store, Tx } from '../../ports/index.js';

const LIMIT_REFUSALS = [
  'too_many_pending',
  'too_many_requests',
  'denied_recently',
] satisfies RefusalCode[];

/** Whether a request was refused because of how much the key already asked. */
export const isLimitRefusal = (code: RefusalCode): boolean =>
  LIMIT_REFUSALS.some((one) => one === code);

/** Counts the refusal. Records an event when the key has none in the last minute. */
export async function recordLimitRefusal(
  tx: Tx,
  { principal }: Pick<Caller, 'principal'>,
  operation: Operation,
  [resource = '']: readonly string[],
  refusal: RefusalCode,
): Promise<void> {
  const one = { refusal, operation, resource };
  const count = await tx.principals.countLimitRefusal(principal.id, one);
  if (count !== undefined) tx.record(event({ ...one, principal, count }));
}

/** Records the refusals that were counted after a key's last event. Resolves with the number of keys. */
export type RecordLimitRefusals = () => Promise<number>;

export function createRecordLimitRefusals(store: Store): RecordLimitRefusals {
  return () =>
    store.transaction(async (tx) => {
      const counted = await tx.principals.takeLimitRefusals();
      for (const one of counted) tx.record(event(one));
      return counted.length;
    });
}

const event = ({
  principal,
  resource,
  operation,
  refusal,
  count,
}: CountedRefusals): AuditEvent => ({
  type: 'access_refused',
  actor: keyActor({ principal }),
  principal: principal.id,
  resources: [resource],
  operation,
  refusal,
  details: { count },
});
