/** The store of answers to changes, for whoever sends one again because the answer was lost. */

import type { PrincipalId } from './principal.js';
import type { SecretChange } from './secret.js';

export interface KeptAnswer {
  /** Of the whole question. */
  readonly fingerprint: string;
  readonly answer: SecretChange;
}

export interface Repeats {
  /**
   * Takes this principal's key for the change that is being made, once nobody else is making one under it. Answers with what it
   * was used for before; undefined when it is new, and then `keep` must follow in the same transaction.
   */
  claim(principal: PrincipalId, key: string, fingerprint: string): Promise<KeptAnswer | undefined>;
  keep(principal: PrincipalId, key: string, answer: SecretChange): Promise<void>;
  /** Forgets answers that are older than `ms`. Resolves with how many. */
  forget(ms: number): Promise<number>;
}
