/** Refuses a key in the URL: URLs end up in browser histories and proxy logs (RFC 6750, section 5.3). */

import type { RequestHandler } from 'express';
import { asciiLower } from '../domain/ascii.js';
import { sendProblem } from './problem.js';

const NAMES = new Set(['access_token', 'api_key', 'apikey', 'token', 'authorization']);

/** Answers 400 when the query string carries a credential, valid or not. */
export const refuseKeysInQuery: RequestHandler = (req, res, next) => {
  if (!Object.keys(req.query).some((name) => NAMES.has(asciiLower(name)))) return next();
  sendProblem(res, {
    status: 400,
    code: 'invalid_input',
    detail:
      'Never put a key into the URL. Send it in the Authorization header, and replace this key: the URL may have been logged.',
  });
};
