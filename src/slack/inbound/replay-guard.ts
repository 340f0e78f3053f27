/**
 * Checks requests before Bolt on the HTTP endpoint. Bolt refuses old signatures, but accepts future-dated ones and repeated ones.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */

import { isValidSlackRequest } from '@slack/bolt';
import express, { type Request, type RequestHandler } from 'express';
import { MINUTE, SECOND, SLACK_BODY_MAX_BYTES } from '../../domain/limits.js';
import type { SignatureCounts } from './signature-counts.js';

/** How far a request's timestamp may be from the server's clock, in either direction (ms). */
const SKEW = 5 * MINUTE;
/** Twice the skew: a signature is remembered while it could still be valid. */
const REMEMBERED = 2 * SKEW;
const REMEMBERED_MAX = 20_000;

const TIMESTAMP = /^\d{1,11}$/;
/** `slack:check` sends it too, with our own secret, so it does not show that Slack has the same. */
const ADDRESS_CHECK = '"url_verification"';
/** Exactly one form: Bolt ignores what follows a second `=`, so that a replay could look new. */
const SIGNATURE = /^v0=[0-9a-f]{64}$/;

export interface ReplayGuardOptions {
  readonly signingSecret: string;
  readonly counts?: Pick<SignatureCounts, 'accept' | 'refuse'>;
  /** Epoch milliseconds; default the system's clock. */
  readonly now?: () => number;
}

/**
 * Reads the raw body, checks timestamp and signature (401), and answers a repeated signature with an empty 200. Each process remembers only
 * what it received; the database makes sure that a request is decided once.
 */
export function createReplayGuard(options: ReplayGuardOptions): RequestHandler[] {
  const { signingSecret, counts, now = Date.now } = options;
  const isNew = createMemory(now);
  return [
    readRawBody,
    (request, response, next) => {
      const signed = readSignature(request);
      const nowMilliseconds = now();
      const authentic =
        signed !== undefined &&
        Math.abs(nowMilliseconds - signed.at * SECOND) <= SKEW &&
        isValidSlackRequest({ signingSecret, nowMilliseconds, ...signed });
      // Only authentic signatures are remembered, so that no outsider can fill the memory.
      if (!authentic) {
        counts?.refuse();
        response.status(401).end();
      } else if (isNew(signed.signature)) {
        if (!signed.body.includes(ADDRESS_CHECK)) counts?.accept();
        next();
      } else response.status(200).end();
    },
  ];
}

/** Bolt uses `rawBody` when the request has it. */
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

function readSignature(request: Request) {
  const timestamp = request.get('x-slack-request-timestamp') ?? '';
  const signature = request.get('x-slack-signature') ?? '';
  const { body } = request;
  if (!TIMESTAMP.test(timestamp) || !SIGNATURE.test(signature) || !Buffer.isBuffer(body))
    return undefined;
  const at = Number(timestamp);
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': at };
  return { at, signature, body: body.toString(), headers };
}

/** True for a signature that was not seen within the last ten minutes. When there are too many, the oldest are forgotten. */
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
