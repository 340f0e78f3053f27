/** Error answers of the API: problem documents (RFC 9457) with a `code` from a closed set. */

import { z } from 'zod';
import { REFUSAL_CODES } from '../domain/vocabulary.js';
import { described } from './schema-names.js';

/** All refusal codes, plus those that exist only in HTTP: missing key, wrong method, rate limit, internal error. */
export const PROBLEM_CODES = [
  ...REFUSAL_CODES,
  'unauthorized',
  'method_not_allowed',
  'rate_limited',
  'internal',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export const PROBLEM_TYPE = 'application/problem+json';

/** What a client parses. The code is any string, so that a client can pass on codes of a newer server. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  /** Identifies this occurrence. For an internal error, the server's log contains the same id. */
  instance: z.string(),
  /** Of `unavailable`: true when the request certainly changed nothing, false when that is unknown. */
  undone: z.boolean().optional(),
});
described.add(problem, { id: 'Problem' });
export type Problem = z.output<typeof problem>;
