/** Run a change under a grant: the change and the counted use are committed together or not at all, and a refusal is recorded. */

import { keyActor } from '../../domain/audit-event.js';
import type { Refusal } from '../../domain/refusal.js';
import { type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Store, Tx } from '../../ports/index.js';
import type { Use } from '../approvals/use-grant.js';

/** Thrown to roll back a transaction that ends with a refusal. */
class RolledBack extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('a refused change was rolled back');
    this.refusal = refusal;
  }
}

/** Runs `work` in a transaction that is rolled back when it refuses. */
export async function attemptUse<T>(
  store: Store,
  caller: Caller,
  use: Use,
  work: (tx: Tx) => Promise<Result<T>>,
): Promise<Result<T>> {
  const answer = await allOrNothing(store, work);
  if (!answer.ok) await recordRefusal(store, caller, use, answer.refusal);
  return answer;
}

async function allOrNothing<T>(
  store: Store,
  work: (tx: Tx) => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await store.transaction(async (tx) => {
      const answer = await work(tx);
      if (!answer.ok) throw new RolledBack(answer.refusal);
      return answer;
    });
  } catch (error) {
    if (error instanceof RolledBack) return refused(error.refusal);
    throw error;
  }
}

function recordRefusal(store: Store, caller: Caller, use: Use, { code }: Refusal) {
  return store.transaction(async (tx) =>
    tx.record({
      type: 'use_refused',
      actor: keyActor(caller),
      principal: caller.principal.id,
      resources: [use.resource],
      operation: use.operation,
      refusal: code,
      details: { key: caller.key.id },
    }),
  );
}
