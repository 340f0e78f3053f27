/**
 * Reads JSON request bodies. Refuses other content types and encodings, bodies over the size limit, and text that two readers could
 * read differently: `{"action":"deny","action":"approve"}` would approve for one of them.
 */

import express, { type Request, type RequestHandler } from 'express';
import { type JsonLimits, type JsonProblem, readStrictJson } from '../contract/strict-json.js';
import {
  KEYLESS_BODY_MAX_BYTES,
  REST_BODY_MAX_BYTES,
  REST_BODY_MAX_LEVELS,
  REST_BODY_MAX_NAMES,
  REST_BODY_MAX_VALUES,
} from '../domain/limits.js';
import { sendProblem } from './problem.js';

const LIMITS: JsonLimits = {
  levels: REST_BODY_MAX_LEVELS,
  names: REST_BODY_MAX_NAMES,
  values: REST_BODY_MAX_VALUES,
};

const hasBody = ({ headers }: Request) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** RFC 8259, section 8.1: JSON between systems is UTF-8. */
const isUtf8Json = (req: Request) =>
  req.is('application/json') &&
  /^[^;]*(;\s*charset="?utf-8"?\s*)?$/i.test(req.get('content-type') ?? '');

const refuseOtherTypes: RequestHandler = (req, res, next) => {
  if (!hasBody(req) || isUtf8Json(req)) return next();
  sendProblem(res, {
    status: 415,
    code: 'invalid_input',
    detail: 'The body must be application/json in UTF-8.',
  });
};

const SENTENCES: Record<JsonProblem, string> = {
  not_json: 'The body must be valid JSON in UTF-8.',
  too_complex: `The body is nested more than ${LIMITS.levels} levels deep, or has more than ${LIMITS.names} names or ${LIMITS.values} values.`,
  ambiguous:
    'The body can be read in more than one way: an object has a name twice or a reserved name, a text has half a character, or a number is out of range.',
};

/** Leaves the parsed body in `req.body`, and `{}` where there is none. */
const parse: RequestHandler = (req, res, next) => {
  if (!Buffer.isBuffer(req.body)) {
    req.body = {};
    return next();
  }
  const read = readStrictJson(req.body, LIMITS);
  if (!read.ok)
    return void sendProblem(res, {
      status: 400,
      code: 'invalid_input',
      detail: SENTENCES[read.problem],
    });
  req.body = read.value;
  next();
};

/** Express skips bodies of another content type silently, so they are refused first. */
const upTo = (limit: number): readonly RequestHandler[] => [
  refuseOtherTypes,
  express.raw({ limit, inflate: false, type: 'application/json' }),
  parse,
];

export const jsonBody: readonly RequestHandler[] = upTo(REST_BODY_MAX_BYTES);
/** For routes that need no key. */
export const keylessJsonBody: readonly RequestHandler[] = upTo(KEYLESS_BODY_MAX_BYTES);
