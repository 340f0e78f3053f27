/** A change that is sent again under its key is not made again: it gets the answer of the first time. */

import { canonicalJson, type Json } from '../domain/canonical-json.js';
import type { Digest, Kept, Tx } from '../domain/ports.js';
import { done, type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';

export interface Repeatable {
  /** Of the caller's choosing. Undefined: every call is a change of its own. */
  readonly key: string | undefined;
  /** The whole question: another one under the same key is refused with `idempotency_mismatch`. */
  readonly question: Json;
}

/** What is kept of an answer, and how it becomes an answer again. */
export interface Memory<T> {
  keep(answer: T): Kept;
  /** Undefined when this was not kept of such an answer. */
  recall(kept: Kept): Promise<T | undefined>;
}

/** Only what was done is kept; after a refusal the key is free again once the transaction is rolled back. */
export async function once<T>(
  tx: Tx,
  { principal }: Caller,
  fingerprint: Digest,
  { key, question }: Repeatable,
  { keep, recall }: Memory<T>,
  change: () => Promise<Result<T>>,
): Promise<Result<T>> {
  if (key === undefined) return change();
  const mark = fingerprint(canonicalJson(question));
  const kept = await tx.repeats.claim(principal.id, key, mark);
  if (kept) {
    const known = kept.fingerprint === mark ? await recall(kept.answer) : undefined;
    return known === undefined ? refused({ code: 'idempotency_mismatch' }) : done(known);
  }
  const answer = await change();
  if (answer.ok) await tx.repeats.keep(principal.id, key, keep(answer.value));
  return answer;
}
