/** Serves routes of the contract: reads the input, calls the handler, sends its result. */

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
import { refuseWithoutScope } from './require-scope.js';

export interface Call<R extends Route> extends Input<R> {
  readonly caller: Caller;
  readonly idempotencyKey: IdempotencyKey | undefined;
  /** Aborts when the client disconnects. */
  readonly disconnected: AbortSignal;
}

export type Handle<R extends Route> = (call: Call<R>) => Promise<Result<z.input<R['answer']>>>;

export type Serve = <R extends Route>(route: R, handle: Handle<R>) => void;

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch' } as const;

/** Mounts routes of the contract on this router, which must be behind the bearer check and the body parser. */
export function createServe(router: Router): Serve {
  return (route, handle) => {
    router[METHODS[route.method]](route.path, async (req, res, next) => {
      // Express passes HEAD to GET handlers, and a read may use up a grant.
      if (req.method !== route.method) return next();
      const call = await readCall(route, req, disconnectedOf(res));
      if (!call.ok) return sendRefusal(res, call.refusal);
      const answer = await handle(call.value);
      if (!answer.ok) return sendRefusal(res, answer.refusal);
      res.json(answer.value);
    });
  };
}

/** Checks the scope before the input, so that a caller without the scope learns nothing about either. */
async function readCall<R extends Route>(
  route: R,
  req: Request,
  disconnected: AbortSignal,
): Promise<Result<Call<R>>> {
  const caller = callerOf(req);
  const forbidden = refuseWithoutScope(route, caller);
  if (forbidden) return forbidden;
  const input = await readInput(route, req);
  if (!input.ok) return input;
  const idempotencyKey = readIdempotencyKey(route, req, caller, input.value);
  if (!idempotencyKey.ok) return idempotencyKey;
  return ok({ ...input.value, caller, idempotencyKey: idempotencyKey.value, disconnected });
}

function disconnectedOf(res: Response): AbortSignal {
  const disconnected = new AbortController();
  res.once('close', () => disconnected.abort());
  return disconnected.signal;
}
