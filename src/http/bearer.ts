/** Authenticates the caller by a bearer token (RFC 6750), accepted in the Authorization header only. */

import type { Request, RequestHandler, Response } from 'express';
import type { Refusal } from '../domain/refusal.js';
import type { Result } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import { sendProblem, sendRefusal } from './problem.js';

const REALM = 'Bearer realm="vsecure"';
const CREDENTIALS = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

const callers = new WeakMap<Request, Caller>();

/** The caller that `createBearer` authenticated. Throws when no bearer check ran: the route is mounted in the wrong place. */
export function callerOf(req: Request): Caller {
  const caller = callers.get(req);
  if (!caller) throw new Error('no caller: this route is not behind the bearer check');
  return caller;
}

/** Passes on requests with a valid key and answers 401 to all others. `onWrongKey` may answer a wrong key differently. */
export function createBearer(
  authenticate: (token: string) => Promise<Result<Caller>>,
  onWrongKey: RequestHandler = (_req, _res, next) => next(),
): RequestHandler {
  return async (req, res, next) => {
    const token = CREDENTIALS.exec(req.get('authorization') ?? '')?.[1];
    if (token === undefined) return demandKey(res);
    const caller = await authenticate(token);
    if (!caller.ok) {
      const { refusal } = caller;
      return void onWrongKey(req, res, (error) => (error ? next(error) : refuseKey(res, refusal)));
    }
    callers.set(req, caller.value);
    next();
  };
}

function refuseKey(res: Response, refusal: Refusal): void {
  res.set('WWW-Authenticate', `${REALM}, error="invalid_token"`);
  sendRefusal(res, refusal);
}

function demandKey(res: Response): void {
  res.set('WWW-Authenticate', REALM);
  sendProblem(res, {
    status: 401,
    code: 'unauthorized',
    detail:
      'An API key is required. "vsecure keys:create" makes one. Send it as "Authorization: Bearer vsk_…".',
  });
}
