/** How the API says no: a problem document after RFC 9457, with a `code` from a closed set. */

import { z } from 'zod';
import { REFUSAL_CODES } from '../domain/vocabulary.js';
import { described } from './schema-names.js';

/** Every refusal, and those that only HTTP knows: no key at all, another method, too many calls, and an error of ours. */
export const PROBLEM_CODES = [
  ...REFUSAL_CODES,
  'unauthorized',
  'method_not_allowed',
  'rate_limited',
  'internal',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export const PROBLEM_TYPE = 'application/problem+json';

/** What a client reads; the code stays open, so that a newer server's can be passed on. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  /** Names this one occurrence; the server's log has the same for an internal error. */
  instance: z.string(),
});
described.add(problem, { id: 'Problem' });
export type Problem = z.output<typeof problem>;
