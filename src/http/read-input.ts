/** Validates a request against its route. Reports every problem at once, by field, and never repeats what the client sent. */

import { z } from 'zod';
import { plainError } from '../contract/accepted-values.js';
import { sentenceOf } from '../contract/problem-sentence.js';
import type { Route } from '../contract/route.js';
import { ok, type Result, refused } from '../domain/result.js';
import { inTurns } from '../usecases/in-turns.js';

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
/** The most problems that an answer names. */
const PROBLEMS_MAX = 10;
/** Longer lists are read item by item. */
const LIST_AT_ONCE = 20;

/** Refuses with `invalid_input` and one sentence per problem, at most ten. */
export async function readInput<R extends Route>(route: R, raw: Raw): Promise<Result<Input<R>>> {
  const params = z.safeParse<R['params']>(route.params, raw.params, PLAIN);
  const query = z.safeParse<R['query']>(route.query, raw.query, PLAIN);
  const body = await readBody(route.body, raw.body ?? {});
  if (params.success && query.success && body.success)
    return ok({ params: params.data, query: query.data, body: body.data as z.output<R['body']> });
  const issues = [params, query, body].flatMap(({ error }) => error?.issues ?? []);
  return refused({
    code: 'invalid_input',
    problem: `${issues.slice(0, PROBLEMS_MAX).map(sentenceOf).join('; ')}.`.replace(/\?\.$/, '?'),
  });
}

/** Reads the items of a long list in turns with other requests, and no further than to the last problem that the answer names. */
async function readBody(schema: z.ZodType, raw: unknown) {
  const found = longList(schema, raw);
  if (!found) return z.safeParse(schema, raw, PLAIN);
  const { name, items, element, around } = found;
  const outer = z.safeParse(around, raw, PLAIN);
  if (!outer.success) return outer;
  const issues: z.core.$ZodIssue[] = [];
  const read = await inTurns(items, (item, index) => {
    if (issues.length >= PROBLEMS_MAX) return undefined;
    const one = z.safeParse(element, item, PLAIN);
    for (const issue of one.error?.issues ?? [])
      issues.push({ ...issue, path: [name, index, ...issue.path] });
    return one.data;
  });
  if (issues.length > 0) return { success: false, error: new z.ZodError(issues) } as const;
  return { success: true, data: { ...outer.data, [name]: read }, error: undefined } as const;
}

/** The first long list among the fields of the body, and the schema of the body around its items. */
function longList(schema: z.ZodType, raw: unknown) {
  if (!(schema instanceof z.ZodObject) || typeof raw !== 'object' || raw === null) return undefined;
  for (const [name, field] of Object.entries(schema.shape)) {
    const items: unknown = Reflect.get(raw, name);
    if (!(field instanceof z.ZodArray) || !Array.isArray(items) || items.length <= LIST_AT_ONCE)
      continue;
    const anything = field.clone({ ...field.def, element: z.unknown() });
    const around = schema.clone({ ...schema.def, shape: { ...schema.shape, [name]: anything } });
    return { name, items, element: field.element as z.ZodType, around };
  }
  return undefined;
}
