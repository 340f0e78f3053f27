/** Checks the Host header. This stops DNS rebinding: an attacker's page that resolves to this server still sends its own name as Host. */

import type { RequestHandler } from 'express';
import { asciiLower } from '../domain/ascii.js';
import { sendProblem } from './problem.js';

const HOST = /^(?<name>\[[0-9a-f:.]+\]|[^:/@\s]+)(?::\d{1,5})?$/;

/** Answers 403 to any other Host. An entry with a port allows only that port; an entry without one allows every port. */
export function createHostCheck(allowedHosts: readonly string[]): RequestHandler {
  const allowed = new Set(allowedHosts.map((host) => asciiLower(host)));
  return (req, res, next) => {
    const host = asciiLower(req.get('host') ?? '');
    const name = HOST.exec(host)?.groups?.['name'];
    if (name !== undefined && (allowed.has(name) || allowed.has(host))) return next();
    sendProblem(res, {
      status: 403,
      code: 'not_allowed',
      detail:
        'vsecure does not accept this host name. Add it to VSECURE_ALLOWED_HOSTS on the server.',
    });
  };
}
