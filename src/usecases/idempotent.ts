/** Idempotent changes: a retry under the same idempotency key changes nothing and gets the first answer. */

import { canonicalJson, type Json } from '../domain/canonical-json.js';
import { SHOWN_AGAIN } from '../domain/limits.js';
import type { PrincipalId } from '../domain/principal.js';
import type { HashText } from '../domain/request-digest.js';
import { ok, type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { AnswerSeal, Tx } from '../ports/index.js';

/** Identifies a change that the client may retry, because its answer can be lost. */
export interface IdempotencyKey {
  /** Keys are separate for each principal. */
  readonly principal: PrincipalId;
  /** Chosen by the caller. */
  readonly key: string;
  /** The whole request. A different request under the same key is refused with `idempotency_mismatch`. */
  readonly request: Json;
}

/** For an answer that must not be stored unchanged. */
export interface ReplayPolicy<T, K> {
  readonly toStored: (answer: T) => K;
  readonly replay: (stored: K) => Result<T> | Promise<Result<T>>;
}

/** For an answer with a part that is shown once. A retry within `SHOWN_AGAIN` gets it again, because the first answer may have been lost. */
export interface ShownOnce<T, K> {
  /** `secret`: undefined when this answer has no such part. */
  readonly split: (answer: T) => { readonly rest: K; readonly secret: string | undefined };
  readonly join: (rest: K, secret: string | undefined) => T;
  /** For the refusal of a later retry: what was made. */
  readonly made: (rest: K) => string;
}

/** Without an idempotency key every call makes its own change. */
export type Idempotent = <T, K = T>(
  tx: Tx,
  idempotencyKey: IdempotencyKey | undefined,
  change: () => Promise<Result<T>>,
  replayPolicy?: ReplayPolicy<T, K> | ShownOnce<T, K>,
) => Promise<Result<T>>;

/**
 * The answer is stored in the transaction that makes the change, so neither exists without the other. A concurrent retry waits for
 * that transaction. Only successful changes are stored: after a refusal the key can be used again.
 */
export function createIdempotent(fingerprint: HashText, seal?: AnswerSeal): Idempotent {
  return async <T, K = T>(
    tx: Tx,
    idempotencyKey: IdempotencyKey | undefined,
    change: () => Promise<Result<T>>,
    replayPolicy?: ReplayPolicy<T, K> | ShownOnce<T, K>,
  ) => {
    if (!idempotencyKey) return change();
    const { principal, key, request } = idempotencyKey;
    const requestHash = fingerprint(canonicalJson(request));
    const place = [principal, key, requestHash] as const;
    const policy =
      replayPolicy && 'split' in replayPolicy
        ? sealedPolicy(replayPolicy, {
            save: async (secret) => {
              if (seal)
                await tx.idempotency.saveSealed(principal, key, seal.seal(secret, ...place));
            },
            async find() {
              const sealed = await tx.idempotency.sealed(principal, key, SHOWN_AGAIN);
              return sealed && seal?.open(sealed, ...place);
            },
          })
        : replayPolicy;
    const stored = await tx.idempotency.claim(principal, key, requestHash);
    if (stored && stored.fingerprint !== requestHash)
      return refused({ code: 'idempotency_mismatch' });
    // The same request goes to the same use case, so the stored answer has the expected type.
    if (stored) return policy ? policy.replay(stored.answer as K) : ok(stored.answer as T);
    const answer = await change();
    if (answer.ok)
      await tx.idempotency.save(
        principal,
        key,
        policy ? await policy.toStored(answer.value) : answer.value,
      );
    else await tx.idempotency.release(principal, key);
    return answer;
  };
}

interface KeptSecret {
  readonly save: (secret: string) => Promise<void>;
  readonly find: () => Promise<string | undefined>;
}

/** The secret is kept beside the answer, sealed. Without it the retry is refused. */
function sealedPolicy<T, K>({ split, join, made }: ShownOnce<T, K>, kept: KeptSecret) {
  return {
    async toStored(answer: T) {
      const { rest, secret } = split(answer);
      if (secret !== undefined) await kept.save(secret);
      return { rest, hasSecret: secret !== undefined };
    },
    async replay(stored: unknown): Promise<Result<T>> {
      // Earlier versions stored the answer without the secret, in another form.
      if (typeof stored !== 'object' || stored === null || !('hasSecret' in stored))
        return refused({ code: 'shown_once', made: 'what it was sent for' });
      const { rest, hasSecret } = stored as unknown as { rest: K; hasSecret: boolean };
      const secret = hasSecret ? await kept.find() : undefined;
      if (hasSecret && secret === undefined)
        return refused({ code: 'shown_once', made: made(rest) });
      return ok(join(rest, secret));
    },
  };
}

/** Undefined without a key: then every call makes its own change. */
export const idempotencyKeyOf = (
  { principal }: Caller,
  key: string | undefined,
  request: Json,
): IdempotencyKey | undefined =>
  key === undefined ? undefined : { principal: principal.id, key, request };
