/** `Idempotency-Key`: a change sent again under the same key is made once (draft-ietf-httpapi-idempotency-key-header). */

import type { Request } from 'express';
import type { Route } from '../contract/route.js';
import { IDEMPOTENCY_KEY_MAX } from '../domain/limits.js';
import { ok, type Result, refused } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { IdempotencyKey } from '../usecases/idempotent.js';
import type { Input } from './read-input.js';

const KEY = new RegExp(`^[\\x21-\\x7e]{1,${IDEMPOTENCY_KEY_MAX}}$`);

/** Undefined when the header is absent. The fingerprinted text is the route with its parsed params and body. */
export function readIdempotencyKey(
  { method, path }: Route,
  req: Request,
  { principal }: Caller,
  { params, body }: Input<Route>,
): Result<IdempotencyKey | undefined> {
  const key = req.get('idempotency-key');
  if (key === undefined || method === 'GET') return ok(undefined);
  if (!KEY.test(key))
    return refused({
      code: 'invalid_input',
      problem: `Idempotency-Key: use 1 to ${IDEMPOTENCY_KEY_MAX} printable ASCII characters without spaces.`,
    });
  // JSON.stringify, because canonical JSON would refuse lone surrogates, which free text may contain.
  const request = JSON.stringify([method, path, params, body]);
  return ok({ principal: principal.id, key, request });
}
