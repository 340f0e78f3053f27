/**
 * JSON that every program reads in the same way (RFC 7493, I-JSON): no duplicate names in an object, no lone surrogates, no
 * numbers beyond a double. Otherwise a person could be shown something else than what the server does.
 */

import { createObjectNames } from './json-object-names.js';
import { utf8Text } from './utf8.js';

/** Why a body is refused. */
export type JsonProblem = 'not_json' | 'too_complex' | 'ambiguous';

export interface JsonLimits {
  /** How deep lists and objects may be nested. */
  readonly levels: number;
  /** How many names all objects together may have. */
  readonly names: number;
}

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: JsonProblem };

/** A string with its quotes, a bracket or a colon: the tokens that determine the structure. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/** Reads a body that stays within the limits. Ignores a declared charset: JSON between systems is UTF-8 (RFC 8259, section 8.1). */
export function readStrictJson(bytes: Uint8Array, limits: JsonLimits): ReadJson {
  const text = utf8Text(bytes);
  if (text === undefined) return { ok: false, problem: 'not_json' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'not_json' };
  }
  const problem = scan(text, limits) ?? (isWellFormed(value) ? undefined : 'ambiguous');
  return problem ? { ok: false, problem } : { ok: true, value };
}

/**
 * Checks depth and names. The text must be valid JSON: then the pattern matches each token at the first try, where it would
 * backtrack again and again on a broken text.
 */
function scan(text: string, { levels, names }: JsonLimits): JsonProblem | undefined {
  const objectNames = createObjectNames();
  let nameCount = 0;
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (objectNames.open(token) > levels) return 'too_complex';
    } else if (token === '}' || token === ']') objectNames.close();
    else if (token === ':') {
      nameCount += 1;
      if (nameCount > names) return 'too_complex';
      if (!objectNames.add(last)) return 'ambiguous';
    }
    last = token;
  }
  return undefined;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner));
}
