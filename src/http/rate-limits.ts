/** How often a key may call, and an address may come with keys that are none. Counted in this process. */

import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { MINUTE } from '../domain/limits.js';
import { callerOf } from './bearer.js';
import { sendProblem } from './problem.js';

/** Wrong keys that one address may bring in a minute before it is told to stop. */
const WRONG_KEYS_PER_MINUTE = 30;

/** The network that a provider gives one customer, so that nobody is a new address with every request. */
const IPV6_PREFIX = 56;

const COMMON = { windowMs: MINUTE, legacyHeaders: false } as const;

/** For all keys of a principal together. Behind the bearer check. Headers after draft-ietf-httpapi-ratelimit-headers-08. */
export function limitPerKey(perMinute: number): RequestHandler {
  return rateLimit({
    ...COMMON,
    limit: perMinute,
    standardHeaders: 'draft-8',
    keyGenerator: (req) => callerOf(req).principal.id,
    handler: (_req, res) =>
      tooMany(res, `A key may make ${perMinute} requests a minute, and this one has made them.`),
  });
}

/**
 * For requests whose key was wrong. A right key is let in from any address: 256 random bits are not guessed, and one program
 * with a revoked key must not lock its neighbours out.
 */
export function limitWrongKeys(): RequestHandler {
  return rateLimit({
    ...COMMON,
    limit: WRONG_KEYS_PER_MINUTE,
    standardHeaders: false,
    keyGenerator: addressOf,
    handler(_req, res) {
      res.set('Retry-After', String(MINUTE / 1000));
      tooMany(res, 'Too many wrong keys came from this address. Replace the key before going on.');
    },
  });
}

/** Of calls without a key. A terminal that waits for its login makes thirty. */
const WITHOUT_KEY_PER_MINUTE = 240;

/** For what needs no key. */
export function limitPerAddress(): RequestHandler {
  return rateLimit({
    ...COMMON,
    limit: WITHOUT_KEY_PER_MINUTE,
    standardHeaders: 'draft-8',
    keyGenerator: addressOf,
    handler: (_req, res) => tooMany(res, 'Too many requests without a key came from this address.'),
  });
}

/** Codes that one address may have made within the ten minutes that they live, so that it alone cannot use up all there may be. */
const LOGINS_PER_ADDRESS = 20;

/** Counts those that were begun, and not those that were refused. */
export function limitLogins(): RequestHandler {
  return rateLimit({
    ...COMMON,
    windowMs: 10 * MINUTE,
    limit: LOGINS_PER_ADDRESS,
    standardHeaders: false,
    skipFailedRequests: true,
    keyGenerator: addressOf,
    handler: (_req, res) => tooMany(res, 'Too many logins were begun from this address lately.'),
  });
}

const addressOf = ({ ip }: Request) => (ip === undefined ? '' : ipKeyGenerator(ip, IPV6_PREFIX));

const tooMany = (res: Response, detail: string) =>
  void sendProblem(res, { status: 429, code: 'rate_limited', detail });
