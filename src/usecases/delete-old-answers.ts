/** Delete stored answers of idempotent changes that are too old for a retry. */

import { ANSWER_RETENTION } from '../domain/limits.js';
import type { Store } from '../ports/index.js';

export type DeleteOldAnswers = () => Promise<number>;

/** Resolves with the number of deleted answers. It may run twice or in several processes at once. */
export function createDeleteOldAnswers(store: Store): DeleteOldAnswers {
  return () => store.transaction((tx) => tx.idempotency.deleteOlderThan(ANSWER_RETENTION));
}
