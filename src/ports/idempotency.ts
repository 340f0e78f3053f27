/** The store of answers to changes, so that a client can retry a change whose answer was lost. */

import type { PrincipalId } from '../domain/principal.js';

export interface StoredAnswer {
  /** Hash of the whole request. */
  readonly fingerprint: string;
  readonly answer: unknown;
}

export interface IdempotencyStore {
  /**
   * Claims the principal's idempotency key for this change, after waiting for a concurrent change under the same key. Returns the
   * stored answer of an earlier change. Undefined for a new key: then `save` or `release` must follow in the same transaction.
   */
  claim(
    principal: PrincipalId,
    key: string,
    fingerprint: string,
  ): Promise<StoredAnswer | undefined>;
  /** `answer` may contain plain values and dates, and is read back as such. Never store a secret in it. */
  save(principal: PrincipalId, key: string, answer: unknown): Promise<void>;
  /** Keeps the sealed part of the answer that is shown once, beside the answer. */
  saveSealed(principal: PrincipalId, key: string, sealed: string): Promise<void>;
  /** Undefined when there is none, or when it is older than `ms`. */
  sealed(principal: PrincipalId, key: string, ms: number): Promise<string | undefined>;
  /** Deletes sealed parts that are older than `ms`. */
  deleteSealed(ms: number): Promise<void>;
  /** Releases a claimed key under which nothing was changed. */
  release(principal: PrincipalId, key: string): Promise<void>;
  /** Deletes answers older than `ms`. Returns the number. */
  deleteOlderThan(ms: number): Promise<number>;
}
