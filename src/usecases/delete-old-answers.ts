/** Forget the answers that were kept for whoever repeats a change, when nobody will any more. */

import { ANSWER_RETENTION } from '../domain/limits.js';
import type { Store } from '../ports/index.js';

export type DeleteOldAnswers = () => Promise<number>;

/** Resolves with how many were forgotten. Harmless to run twice or on several processes at once. */
export function createDeleteOldAnswers(store: Store): DeleteOldAnswers {
  return () => store.transaction((tx) => tx.idempotency.deleteOlderThan(ANSWER_RETENTION));
}
