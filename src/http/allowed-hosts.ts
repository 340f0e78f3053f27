/** Against DNS rebinding: a page of somebody else's that a browser takes for ours still sends its own name as Host. */

import type { RequestHandler } from 'express';
import { sendProblem } from './problem.js';

const HOST = /^(?<name>\[[0-9a-f:.]+\]|[^:/@\s]+)(?::\d{1,5})?$/;

/** Answers 403 to any Host but these. An entry with a port allows that port only, one without allows all. */
export function createHostCheck(allowedHosts: readonly string[]): RequestHandler {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return (req, res, next) => {
    const host = req.get('host')?.toLowerCase() ?? '';
    const name = HOST.exec(host)?.groups?.['name'];
    if (name !== undefined && (allowed.has(name) || allowed.has(host))) return next();
    sendProblem(res, {
      status: 403,
      code: 'not_allowed',
      detail:
        'vsecure does not answer to this host name. VSECURE_ALLOWED_HOSTS says which it does.',
    });
  };
}
