/** The store of answers to changes, for whoever sends one again because the answer was lost. */

import type { PrincipalId } from '../domain/principal.js';

export interface StoredAnswer {
  /** Of the whole question. */
  readonly fingerprint: string;
  readonly answer: unknown;
}

export interface IdempotencyStore {
  /**
   * Takes this principal's key for the change that is being made, once nobody else is making one under it. Answers with what it
   * was used for before; undefined when it is new, and then `keep` or `release` must follow in the same transaction.
   */
  claim(
    principal: PrincipalId,
    key: string,
    fingerprint: string,
  ): Promise<StoredAnswer | undefined>;
  /** `answer`: plain values and dates, which come back as such; never a secret. */
  save(principal: PrincipalId, key: string, answer: unknown): Promise<void>;
  /** Gives a claimed key back: nothing was done under it. */
  release(principal: PrincipalId, key: string): Promise<void>;
  /** Forgets answers that are older than `ms`. Resolves with how many. */
  deleteOlderThan(ms: number): Promise<number>;
}
