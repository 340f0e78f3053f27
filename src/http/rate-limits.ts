/** Rate limits per key and per IP address, counted in this process. */

import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { MINUTE } from '../domain/limits.js';
import { callerOf } from './bearer.js';
import { sendProblem } from './problem.js';

/** Wrong keys that one address may send in a minute. */
const WRONG_KEYS_PER_MINUTE = 30;

/** Providers give one customer a /56, so all addresses of a /56 count as one. */
const IPV6_PREFIX = 56;

const COMMON = { windowMs: MINUTE, legacyHeaders: false } as const;

/** Counts all keys of a principal together. Mount it behind the bearer check. Headers follow draft-ietf-httpapi-ratelimit-headers-08. */
export function limitPerKey(perMinute: number): RequestHandler {
  return rateLimit({
    ...COMMON,
    limit: perMinute,
    standardHeaders: 'draft-8',
    keyGenerator: (req) => callerOf(req).principal.id,
    handler: (_req, res) =>
      tooMany(res, `Too many requests: a key may make ${perMinute} a minute.`),
  });
}

/**
 * Counts requests with a wrong key. A valid key is accepted from any address: 256 random bits cannot be guessed, and one program
 * with a revoked key must not lock out others at the same address.
 */
export function limitWrongKeys(): RequestHandler {
  return rateLimit({
    ...COMMON,
    limit: WRONG_KEYS_PER_MINUTE,
    standardHeaders: false,
    keyGenerator: addressOf,
    handler(_req, res) {
      res.set('Retry-After', String(MINUTE / 1000));
      tooMany(
        res,
        'Too many requests with a wrong key came from this address. Replace the key, then try again in a minute.',
      );
    },
  });
}

/** Requests without a key that one address may make in a minute. A terminal that waits for its login makes 30. */
const WITHOUT_KEY_PER_MINUTE = 240;

/** For routes that need no key. */
export function limitPerAddress(): RequestHandler {
  return rateLimit({
    ...COMMON,
    limit: WITHOUT_KEY_PER_MINUTE,
    standardHeaders: 'draft-8',
    keyGenerator: addressOf,
    handler: (_req, res) => tooMany(res, 'Too many requests without a key came from this address.'),
  });
}

/** Login codes that one address may create in 10 minutes, their lifetime, so that one address cannot use up the total. */
const LOGINS_PER_ADDRESS = 20;

/** Counts logins that were started, not those that were refused. */
export function limitLogins(): RequestHandler {
  return rateLimit({
    ...COMMON,
    windowMs: 10 * MINUTE,
    limit: LOGINS_PER_ADDRESS,
    standardHeaders: false,
    skipFailedRequests: true,
    keyGenerator: addressOf,
    handler: (_req, res) =>
      tooMany(res, 'Too many logins were started from this address. Try again in 10 minutes.'),
  });
}

const addressOf = ({ ip }: Request) => (ip === undefined ? '' : ipKeyGenerator(ip, IPV6_PREFIX));

const tooMany = (res: Response, detail: string) =>
  void sendProblem(res, { status: 429, code: 'rate_limited', detail });
