/** Something done under a grant happens as a whole, its use counted, or not at all; and a refusal is on record. */

import { keyActor } from '../../domain/audit-event.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Store, Tx } from '../../ports/index.js';
import type { Use } from '../approvals/use-grant.js';

/** Makes a transaction undo what it did. */
class Undone extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('what was refused was undone');
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
      if (!answer.ok) throw new Undone(answer.refusal);
      return answer;
    });
  } catch (error) {
    if (error instanceof Undone) return { ok: false, refusal: error.refusal };
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
