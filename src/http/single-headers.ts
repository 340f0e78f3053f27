/**
 * Refuses a request that sends twice a header that may stand once. Node keeps the first value of some and joins others, a proxy in
 * front may keep the last: each would act on another request (RFC 9110, section 5.3; for Host RFC 9112, section 3.2).
 */

import type { RequestHandler } from 'express';
import { asciiLower } from '../domain/ascii.js';
import { sendProblem } from './problem.js';

const SINGLE = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'mcp-protocol-version',
  'mcp-session-id',
  'origin',
  'transfer-encoding',
  'x-slack-request-timestamp',
  'x-slack-signature',
]);

/** Answers 400 and names the header, never its values. */
export const refuseRepeatedHeaders: RequestHandler = (req, res, next) => {
  const names = req.rawHeaders.filter((_, index) => index % 2 === 0);
  const seen = new Set<string>();
  for (const name of names.map(asciiLower)) {
    if (SINGLE.has(name) && seen.has(name))
      return void sendProblem(res, {
        status: 400,
        code: 'invalid_input',
        detail: `The header ${name} may stand in a request once.`,
      });
    seen.add(name);
  }
  next();
};
