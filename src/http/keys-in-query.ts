/** A key in an address ends up in histories and logs of proxies (RFC 6750, section 5.3), so such a request is refused. */

import type { RequestHandler } from 'express';
import { sendProblem } from './problem.js';

const NAMES = new Set(['access_token', 'api_key', 'apikey', 'token', 'authorization']);

/** Answers 400 when the query string carries a credential, whether or not it is a good one. */
export const refuseKeysInQuery: RequestHandler = (req, res, next) => {
  if (!Object.keys(req.query).some((name) => NAMES.has(name.toLowerCase()))) return next();
  sendProblem(res, {
    status: 400,
    code: 'invalid_input',
    detail:
      'A key never goes into the address. Send it in the Authorization header, and replace this one.',
  });
};
