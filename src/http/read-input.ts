/** Validates a request against its route. Reports every problem at once, by field, and never repeats what the client sent. */

import { z } from 'zod';
import { plainError } from '../contract/accepted-values.js';
import { sentenceOf } from '../contract/problem-sentence.js';
import type { Route } from '../contract/route.js';
import { ok, type Result, refused } from '../domain/result.js';

export interface Input<R extends Route> {
  readonly params: z.output<R['params']>;
  readonly query: z.output<R['query']>;
  readonly body: z.output<R['body']>;
}

interface Raw {
  readonly params: unknown;
  readonly query: unknown;
  readonly body?: unknown;
}

const PLAIN = { error: plainError };

/** Refuses with `invalid_input` and one sentence per problem, at most ten. */
export function readInput<R extends Route>(route: R, raw: Raw): Result<Input<R>> {
  const params = z.safeParse<R['params']>(route.params, raw.params, PLAIN);
  const query = z.safeParse<R['query']>(route.query, raw.query, PLAIN);
  const body = z.safeParse<R['body']>(route.body, raw.body ?? {}, PLAIN);
  if (params.success && query.success && body.success)
    return ok({ params: params.data, query: query.data, body: body.data });
  const issues = [params, query, body].flatMap(({ error }) => error?.issues ?? []);
  return refused({
    code: 'invalid_input',
    problem: `${issues.slice(0, 10).map(sentenceOf).join('; ')}.`,
  });
}
