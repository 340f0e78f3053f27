/** One route of the contract, served: read the input, call the use case, answer. */

import type { Request, Response, Router } from 'express';
import type { z } from 'zod';
import type { Route } from '../contract/route.js';
import { ok, type Result } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import type { IdempotencyKey } from '../usecases/idempotent.js';
import { callerOf } from './bearer.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { sendRefusal } from './problem.js';
import { type Input, readInput } from './read-input.js';
import { whyNotCalled } from './require-scope.js';

export interface Call<R extends Route> extends Input<R> {
  readonly caller: Caller;
  /** Of a change that may have been sent before. */
  readonly idempotencyKey: IdempotencyKey | undefined;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
}

export type Handle<R extends Route> = (call: Call<R>) => Promise<Result<z.input<R['answer']>>>;

export type Serve = <R extends Route>(route: R, handle: Handle<R>) => void;

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch' } as const;

/** Mounts routes of the contract on this router, which must be behind the bearer check and the body parser. */
export function createServe(router: Router): Serve {
  return (route, handle) => {
    router[METHODS[route.method]](route.path, async (req, res, next) => {
      // Express hands a HEAD to whoever takes GET, and reading may use something up.
      if (req.method !== route.method) return next();
      const call = readCall(route, req, goneOf(res));
      if (!call.ok) return sendRefusal(res, call.refusal);
      const answer = await handle(call.value);
      if (!answer.ok) return sendRefusal(res, answer.refusal);
      res.json(answer.value);
    });
  };
}

/** May they at all, is it what the contract says, was it sent before: in this order, so that who may not learns nothing. */
function readCall<R extends Route>(route: R, req: Request, gone: AbortSignal): Result<Call<R>> {
  const caller = callerOf(req);
  const forbidden = whyNotCalled(route, caller);
  if (forbidden) return forbidden;
  const input = readInput(route, req);
  if (!input.ok) return input;
  const idempotencyKey = readIdempotencyKey(route, req, caller, input.value);
  if (!idempotencyKey.ok) return idempotencyKey;
  return ok({ ...input.value, caller, idempotencyKey: idempotencyKey.value, gone });
}

function goneOf(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}
