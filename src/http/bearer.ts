/** Authenticates the caller by a bearer token (RFC 6750), accepted in the Authorization header only. */

import type { Request, RequestHandler, Response } from 'express';
import type { Refusal } from '../domain/refusal.js';
import type { Result } from '../domain/result.js';
import type { Caller } from '../domain/rights.js';
import { sendProblem, sendRefusal } from './problem.js';

const REALM = 'Bearer realm="vsecure"';
const CREDENTIALS = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** Milliseconds. A body that has arrived this long after the key was checked may have been sent slowly to outlive the key. */
const BODY_QUICK = 100;

interface Authenticated {
  readonly caller: Caller;
  /** By `performance.now()`. */
  readonly at: number;
  readonly again: () => Promise<Result<Caller>>;
}

const callers = new WeakMap<Request, Authenticated>();

/** The caller that `createBearer` authenticated. Throws when no bearer check ran: the route is mounted in the wrong place. */
export const callerOf = (req: Request): Caller => authenticatedOf(req).caller;

function authenticatedOf(req: Request): Authenticated {
  const found = callers.get(req);
  if (!found) throw new Error('no caller: this route is not behind the bearer check');
  return found;
}

/**
 * For after the body: the key is checked before a byte of the body is read, and again when the body took its time. False when the answer
 * was sent, because the key is no longer valid.
 */
export async function recheckCaller(req: Request, res: Response): Promise<boolean> {
  const { at, again } = authenticatedOf(req);
  if (performance.now() - at < BODY_QUICK) return true;
  const caller = await again();
  if (caller.ok) callers.set(req, { caller: caller.value, at: performance.now(), again });
  else refuseKey(res, caller.refusal);
  return caller.ok;
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
    const again = () => authenticate(token);
    callers.set(req, { caller: caller.value, at: performance.now(), again });
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
