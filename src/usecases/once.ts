/** A change that is sent again under its key is not made again: it gets the answer of the first time. */

import { canonicalJson, type Json } from '../domain/canonical-json.js';
import type { Digest, Tx } from '../domain/ports.js';
import { type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { SecretChange } from '../domain/secret.js';

export interface Repeatable {
  /** Of the caller's choosing. Undefined: every call is a change of its own. */
  readonly key: string | undefined;
  /** The whole question: another one under the same key is refused with `idempotency_mismatch`. */
  readonly question: Json;
}

/** Only what was done is kept; after a refusal the key is free again once the transaction is rolled back. */
export async function once(
  tx: Tx,
  { principal }: Caller,
  fingerprint: Digest,
  { key, question }: Repeatable,
  change: () => Promise<Result<SecretChange>>,
): Promise<Result<SecretChange>> {
  if (key === undefined) return change();
  const mark = fingerprint(canonicalJson(question));
  const kept = await tx.repeats.claim(principal.id, key, mark);
  if (kept && kept.fingerprint !== mark) return refused({ code: 'idempotency_mismatch' });
  if (kept) return { ok: true, value: kept.answer };
  const answer = await change();
  if (answer.ok) await tx.repeats.keep(principal.id, key, answer.value);
  return answer;
}
