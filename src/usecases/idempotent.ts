/** Idempotent changes: a retry under the same idempotency key changes nothing and gets the first answer. */

import { canonicalJson, type Json } from '../domain/canonical-json.js';
import type { PrincipalId } from '../domain/principal.js';
import type { HashText } from '../domain/request-digest.js';
import { ok, type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { Tx } from '../ports/index.js';

/** Identifies a change that the client may retry, because its answer can be lost. */
export interface IdempotencyKey {
  /** Keys are separate for each principal. */
  readonly principal: PrincipalId;
  /** Chosen by the caller. */
  readonly key: string;
  /** The whole request. A different request under the same key is refused with `idempotency_mismatch`. */
  readonly request: Json;
}

/** For an answer that must not be stored unchanged, for example because it contains a secret. */
export interface ReplayPolicy<T, K> {
  readonly toStored: (answer: T) => K;
  readonly replay: (stored: K) => Result<T> | Promise<Result<T>>;
}

/** Without an idempotency key every call makes its own change. */
export type Idempotent = <T, K = T>(
  tx: Tx,
  idempotencyKey: IdempotencyKey | undefined,
  change: () => Promise<Result<T>>,
  replayPolicy?: ReplayPolicy<T, K>,
) => Promise<Result<T>>;

/**
 * The answer is stored in the transaction that makes the change, so neither exists without the other. A concurrent retry waits for
 * that transaction. Only successful changes are stored: after a refusal the key can be used again.
 */
export function createIdempotent(fingerprint: HashText): Idempotent {
  return async <T, K = T>(
    tx: Tx,
    idempotencyKey: IdempotencyKey | undefined,
    change: () => Promise<Result<T>>,
    replayPolicy?: ReplayPolicy<T, K>,
  ) => {
    if (!idempotencyKey) return change();
    const { principal, key, request } = idempotencyKey;
    const requestHash = fingerprint(canonicalJson(request));
    const stored = await tx.idempotency.claim(principal, key, requestHash);
    if (stored && stored.fingerprint !== requestHash)
      return refused({ code: 'idempotency_mismatch' });
    // The same request goes to the same use case, so the stored answer has the expected type.
    if (stored)
      return replayPolicy ? replayPolicy.replay(stored.answer as K) : ok(stored.answer as T);
    const answer = await change();
    if (answer.ok)
      await tx.idempotency.save(
        principal,
        key,
        replayPolicy ? replayPolicy.toStored(answer.value) : answer.value,
      );
    else await tx.idempotency.release(principal, key);
    return answer;
  };
}

/** Undefined without a key: then every call makes its own change. */
export const idempotencyKeyOf = (
  { principal }: Caller,
  key: string | undefined,
  request: Json,
): IdempotencyKey | undefined =>
  key === undefined ? undefined : { principal: principal.id, key, request };
