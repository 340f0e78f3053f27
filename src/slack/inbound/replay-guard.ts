/**
 * Stands before Bolt on the HTTP endpoint. Bolt refuses old signatures, but takes future-dated ones and the same one as often as it
 * comes. https://docs.slack.dev/authentication/verifying-requests-from-slack
 */

import { isValidSlackRequest } from '@slack/bolt';
import express, { type Request, type RequestHandler } from 'express';
import { MINUTE, SECOND, SLACK_BODY_MAX_BYTES } from '../../domain/limits.js';

/** How far a request's clock may be from ours, either way (ms). */
const SKEW = 5 * MINUTE;
/** Twice the skew: while a signature could still be good, it is remembered. */
const REMEMBERED = 2 * SKEW;
const REMEMBERED_MAX = 20_000;

const TIMESTAMP = /^\d{1,11}$/;
/** Exactly one spelling: Bolt ignores what follows a second `=`, which would make a replay look new. */
const SIGNATURE = /^v0=[0-9a-f]{64}$/;

export interface ReplayGuardOptions {
  readonly signingSecret: string;
  /** Epoch milliseconds; default the system's clock. */
  readonly now?: () => number;
}

/**
 * Reads the raw body, checks clock and signature (401), and answers a signature that it has seen with an empty 200. Each process
 * remembers for itself: what makes a decision happen once is the database.
 */
export function createReplayGuard(options: ReplayGuardOptions): RequestHandler[] {
  const { signingSecret, now = Date.now } = options;
  const isNew = createMemory(now);
  return [
    readRawBody,
    (request, response, next) => {
      const proof = proofOf(request);
      const nowMilliseconds = now();
      const authentic =
        proof !== undefined &&
        Math.abs(nowMilliseconds - proof.at * SECOND) <= SKEW &&
        isValidSlackRequest({ signingSecret, nowMilliseconds, ...proof });
      // Only what is authentic is remembered, or a stranger could fill the memory.
      if (!authentic) response.status(401).end();
      else if (isNew(proof.signature)) next();
      else response.status(200).end();
    },
  ];
}

/** Bolt uses `rawBody` where it finds one. */
const raw = express.raw({
  type: () => true,
  limit: SLACK_BODY_MAX_BYTES,
  inflate: false,
  verify: (request, _response, rawBody) => void Object.assign(request, { rawBody }),
});

const readRawBody: RequestHandler = (request, response, next) =>
  raw(request, response, (error?: unknown) => {
    if (error === undefined) return next();
    response.status(isTooLarge(error) ? 413 : 400).end();
  });

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large';
}

function proofOf(request: Request) {
  const timestamp = request.get('x-slack-request-timestamp') ?? '';
  const signature = request.get('x-slack-signature') ?? '';
  const { body } = request;
  if (!TIMESTAMP.test(timestamp) || !SIGNATURE.test(signature) || !Buffer.isBuffer(body))
    return undefined;
  const at = Number(timestamp);
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': at };
  return { at, signature, body: body.toString(), headers };
}

/** True for a signature the first time, for ten minutes. The oldest give way when there are too many. */
function createMemory(now: () => number): (signature: string) => boolean {
  const seen = new Map<string, number>();
  return (signature) => {
    for (const [old, at] of seen) {
      if (now() - at <= REMEMBERED && seen.size < REMEMBERED_MAX) break;
      seen.delete(old);
    }
    if (seen.has(signature)) return false;
    seen.set(signature, now());
    return true;
  };
}
