/** Forget the answers that were kept for whoever repeats a change, when nobody will any more. */

import { ANSWERS_KEPT } from '../domain/limits.js';
import type { Store } from '../ports/index.js';

export type ForgetAnswers = () => Promise<number>;

/** Resolves with how many were forgotten. Harmless to run twice or on several processes at once. */
export function createForgetAnswers(store: Store): ForgetAnswers {
  return () => store.transaction((tx) => tx.idempotency.forget(ANSWERS_KEPT));
}
