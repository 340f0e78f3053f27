/** A change that is sent again under its key is not made again: it gets the answer of the first time. */

import { canonicalJson, type Json } from '../domain/canonical-json.js';
import type { PrincipalId } from '../domain/principal.js';
import type { HashText } from '../domain/request-digest.js';
import { ok, type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { Tx } from '../ports/index.js';

/** A change that whoever asks for it may send again, because an answer can be lost. */
export interface IdempotencyKey {
  /** Keys of different principals have nothing to do with each other. */
  readonly principal: PrincipalId;
  /** Of the caller's choosing. */
  readonly key: string;
  /** The whole question: another one under the same key is refused with `idempotency_mismatch`. */
  readonly request: Json;
}

/** For an answer that must not be kept as it is. */
export interface ReplayPolicy<T, K> {
  readonly toStored: (answer: T) => K;
  readonly replay: (kept: K) => Result<T> | Promise<Result<T>>;
}

/** Without a `repeat` every call is a change of its own. */
export type Idempotent = <T, K = T>(
  tx: Tx,
  idempotencyKey: IdempotencyKey | undefined,
  change: () => Promise<Result<T>>,
  keeping?: ReplayPolicy<T, K>,
) => Promise<Result<T>>;

/**
 * The answer is kept in the transaction that makes the change, so neither is ever there without the other; whoever repeats it
 * meanwhile waits for that transaction. Only what was done is kept: after a refusal the key is free again.
 */
export function createIdempotent(fingerprint: HashText): Idempotent {
  return async <T, K = T>(
    tx: Tx,
    idempotencyKey: IdempotencyKey | undefined,
    change: () => Promise<Result<T>>,
    keeping?: ReplayPolicy<T, K>,
  ) => {
    if (!idempotencyKey) return change();
    const { principal, key, request } = idempotencyKey;
    const mark = fingerprint(canonicalJson(request));
    const kept = await tx.idempotency.claim(principal, key, mark);
    if (kept && kept.fingerprint !== mark) return refused({ code: 'idempotency_mismatch' });
    // The same question is a question to the same verb, so this is an answer of the same kind.
    if (kept) return keeping ? keeping.replay(kept.answer as K) : ok(kept.answer as T);
    const answer = await change();
    if (answer.ok)
      await tx.idempotency.save(
        principal,
        key,
        keeping ? keeping.toStored(answer.value) : answer.value,
      );
    else await tx.idempotency.release(principal, key);
    return answer;
  };
}

/** Undefined without a key: then every call is a change of its own. */
export const idempotencyKeyOf = (
  { principal }: Caller,
  key: string | undefined,
  request: Json,
): IdempotencyKey | undefined =>
  key === undefined ? undefined : { principal: principal.id, key, request };
