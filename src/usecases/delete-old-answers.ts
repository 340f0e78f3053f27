/** Delete stored answers of idempotent changes that are too old for a retry. */

import { ANSWER_RETENTION, SHOWN_AGAIN } from '../domain/limits.js';
import type { Store } from '../ports/index.js';

export type DeleteOldAnswers = () => Promise<number>;

/** Deletes what an answer showed once, when a retry no longer gets it. */
export function createDeleteShownSecrets(store: Store): () => Promise<void> {
  return () => store.transaction((tx) => tx.idempotency.deleteSealed(SHOWN_AGAIN));
}

/** Resolves with the number of deleted answers. It may run twice or in several processes at once. */
export function createDeleteOldAnswers(store: Store): DeleteOldAnswers {
  return () => store.transaction((tx) => tx.idempotency.deleteOlderThan(ANSWER_RETENTION));
}
