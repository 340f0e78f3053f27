/** Gives every HTTP request an id, and logs one line when its response is sent or the client disconnects. Never logs a raw path, a query or a body. */

import type { Request, RequestHandler, Response } from 'express';
import type { Log } from '../ports/index.js';
import { withinRequest } from './request-context.js';
import { requestOrigin } from './request-id.js';

/** Mount it before everything else: all later handlers then run in the request's context. */
export function createAccessLog(log: Pick<Log, 'info'>): RequestHandler {
  return (req, res, next) => {
    const context = requestOrigin((name) => req.get(name));
    const startedAt = performance.now();
    res.set('X-Request-Id', context.request);
    res.once('close', () =>
      withinRequest(context, () =>
        log.info(
          { ...context, traceparent: undefined, ...responseFields(req, res, startedAt) },
          'request',
        ),
      ),
    );
    withinRequest(context, next);
  };
}

/** 499: the client disconnected before the response was complete. */
const responseFields = (req: Request, res: Response, startedAt: number) => ({
  method: req.method,
  route: routeOf(req),
  status: res.writableFinished ? res.statusCode : 499,
  ms: Math.round(performance.now() - startedAt),
});

/** The route template, such as `/approvals/:id`. `none` when no route matched: the raw path may contain any text. */
export function routeOf({ baseUrl, route }: Request): string {
  const path: unknown = route?.path;
  return typeof path === 'string' ? `${baseUrl}${path}` : 'none';
}
