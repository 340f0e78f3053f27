/** Serves routes of the contract that need no key. */

import type { Router } from 'express';
import type { z } from 'zod';
import type { Route } from '../contract/route.js';
import type { Result } from '../domain/result.js';
import { sendRefusal } from './problem.js';
import { type Input, readInput } from './read-input.js';

export interface PublicRoute extends Route {
  readonly public: true;
}

export interface PublicCall<R extends PublicRoute> extends Input<R> {
  /** The client's IP address. */
  readonly address: string;
}

export type ServePublic = <R extends PublicRoute>(
  route: R,
  handle: (call: PublicCall<R>) => Promise<Result<z.input<R['answer']>>>,
) => void;

/** Mounts routes on this router, which must be behind the address limits and the body parser, and before the bearer check. */
export function createServePublic(router: Router): ServePublic {
  return (route, handle) => {
    router.post(route.path, async (req, res) => {
      const input = await readInput(route, req);
      if (!input.ok) return sendRefusal(res, input.refusal);
      const answer = await handle({ ...input.value, address: req.ip ?? '' });
      if (!answer.ok) return sendRefusal(res, answer.refusal);
      res.json(answer.value);
    });
  };
}
