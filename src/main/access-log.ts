/** Gives every HTTP request its id, and the log one line when its answer has left: never a path as it was sent, a query or a body. */

import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../ports/index.js';
import { withinRequest } from './request-context.js';
import { requestOrigin } from './request-id.js';

/** To be mounted before everything else, so that all that follows knows the request. */
export function createAccessLog(log: Pick<Log, 'info'>): RequestHandler {
  return (req, res, next) => {
    const context = requestOrigin((name) => req.get(name));
    const began = performance.now();
    res.set('X-Request-Id', context.request);
    res.once('close', () =>
      withinRequest(context, () =>
        log.info({ ...context, traceparent: undefined, ...answered(req, res, began) }, 'request'),
      ),
    );
    withinRequest(context, next);
  };
}

/** A client that went before its answer has no status. */
const answered = (req: Request, res: Response, began: number) => ({
  method: req.method,
  route: routeOf(req),
  status: res.writableFinished ? res.statusCode : 499,
  ms: Math.round(performance.now() - began),
});

/** As the program spells it, with parameters by their names. What matched no route was any text at all. */
export function routeOf({ baseUrl, route }: Request): string {
  const path: unknown = route?.path;
  return typeof path === 'string' ? `${baseUrl}${path}` : 'none';
}
