/**
 * Error messages for invalid input. A message names what the field accepts and the kind of value it got. It never repeats the
 * value itself, which may be a secret.
 */

import { z } from 'zod';
import { nearest } from './did-you-mean.js';

export interface Given {
  readonly code?: string;
  readonly input?: unknown;
  /** Of an object with unknown fields: these fields, and the schema. */
  readonly keys?: readonly string[];
  readonly inst?: unknown;
}

/**
 * The `error` option of a schema or one of its checks. `what` describes the accepted values, with an article. `use` gives examples:
 * `not a duration; use 30m, 1h`. Without `use` the message is: `expected a list; got text`.
 */
export const accepts = (what: string, use?: string) => ({
  error: (given: Given) =>
    given.code === 'unrecognized_keys'
      ? suggestion(given.keys ?? [], knownFields(given.inst))
      : message(what, use, receivedKind(given)),
});

function message(what: string, use: string | undefined, kind: string | undefined): string {
  if (kind === 'nothing')
    return `missing; ${use === undefined ? `expected ${what}` : `use ${use}`}`;
  if (use === undefined) return `expected ${what}${kind === undefined ? '' : `; got ${kind}`}`;
  return `${kind === undefined ? '' : `${kind} is `}not ${what}; use ${use}`;
}

/** The kind of a value of the wrong type. Undefined when the type is right, but the value is not. */
function receivedKind({ code, input }: Given): string | undefined {
  return code === 'invalid_type' || code === 'invalid_union' || input === undefined
    ? kindName(input)
    : undefined;
}

function kindName(input: unknown): string {
  if (input === undefined || input === null) return 'nothing';
  if (typeof input === 'string') return 'text';
  if (typeof input === 'boolean') return 'true or false';
  if (typeof input === 'number') return 'a number';
  if (!Array.isArray(input)) return 'an object';
  const odd = input.find((item) => typeof item !== 'string');
  return odd === undefined ? 'a list' : `a list with ${kindName(odd)} in it`;
}

/** Plain messages for schemas that have none of their own. Pass it as the `error` option when parsing. */
export const plainError: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return message(typeName(issue.expected), undefined, kindName(issue.input));
    case 'too_big':
      return `too long or too large; use at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `too short or too small; use at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `not an accepted value; use ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return 'not an accepted value';
    case 'unrecognized_keys':
      return suggestion(issue.keys, knownFields(issue.inst));
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'contains characters that are not accepted here';
    default:
      return undefined;
  }
};

function knownFields(schema: unknown): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Only known names: what was sent may be a secret. Empty when no known name is close. */
function suggestion(unknown: readonly string[], known: readonly string[]): string {
  const close = new Set(unknown.slice(0, 10).flatMap((key) => nearest(key, known) ?? []));
  return close.size > 0 ? `did you mean ${[...close].join(', ')}?` : '';
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};
const typeName = (expected: string) => TYPES[expected] ?? expected;

const FORMATS: Readonly<Record<string, string>> = {
  email: 'not an e-mail address; use an address such as ana@example.com',
  datetime: 'not a time; use a time such as 2026-05-01T09:00:00Z',
  date: 'not a date; use a date such as 2026-05-01',
};

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}
