/** One route of the contract, served: read the input, call the use case, answer. */

import type { Request, Response, Router } from 'express';
import type { z } from 'zod';
import type { Route } from '../contract/route.js';
import type { Result } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import { callerOf } from './bearer.js';
import { sendRefusal } from './problem.js';
import { type Input, readInput } from './read-input.js';

export interface Call<R extends Route> extends Input<R> {
  readonly caller: Caller;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
}

export type Handle<R extends Route> = (call: Call<R>) => Promise<Result<z.input<R['answer']>>>;

export type Serve = <R extends Route>(route: R, handle: Handle<R>) => void;

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch' } as const;

/** Mounts routes of the contract on this router, which must be behind the bearer check and the body parser. */
export function createServe(router: Router): Serve {
  return (route, handle) => {
    router[METHODS[route.method]](route.path, async (req: Request, res: Response) => {
      const caller = callerOf(req);
      const input = readInput(route, req);
      if (!input.ok) return sendRefusal(res, input.refusal);
      const answer = await handle({ ...input.value, caller, gone: goneOf(res) });
      if (!answer.ok) return sendRefusal(res, answer.refusal);
      res.json(answer.value);
    });
  };
}

function goneOf(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}
