/** A transaction that a refusal undoes: what refuses leaves nothing behind, not even a key that was taken on the way. */

import type { Store, Tx } from '../domain/ports.js';
import type { Refusal } from '../domain/refusal.js';
import type { Result } from '../domain/result.js';

/** Makes a transaction undo what it did. */
class Undone extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('what was refused was undone');
    this.refusal = refusal;
  }
}

export async function allOrNothing<T>(
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
