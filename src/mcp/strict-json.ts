/**
 * JSON that means the same to everybody who reads it (RFC 7493, I-JSON): each name once in an object, no lone surrogates, no
 * numbers beyond a double. Where two readers could differ, one could be shown what the other does not do.
 */

import { createTally } from './json-object-names.js';

/** Why a body is no message; each is one sentence that repeats nothing of it. */
export type JsonProblem = 'not_json' | 'too_complex' | 'ambiguous';

export interface JsonLimits {
  /** How deep lists and objects may be nested. */
  readonly levels: number;
  /** How many names all objects may have together. */
  readonly names: number;
}

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: JsonProblem };

/** A string with its quotes, a bracket or a colon: all that the form of a text hangs on. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/** Reads a whole text that keeps to the limits. */
export function readStrictJson(text: string, limits: JsonLimits): ReadJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'not_json' };
  }
  const problem = scan(text, limits) ?? (isWellFormed(value) ? undefined : 'ambiguous');
  return problem ? { ok: false, problem } : { ok: true, value };
}

/** Depth and names. Only for what is JSON: there every token is found at once, where a broken text would be tried over and over. */
function scan(text: string, { levels, names }: JsonLimits): JsonProblem | undefined {
  const tally = createTally();
  let named = 0;
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (tally.open(token) > levels) return 'too_complex';
    } else if (token === '}' || token === ']') tally.close();
    else if (token === ':') {
      named += 1;
      if (named > names) return 'too_complex';
      if (!tally.name(last)) return 'ambiguous';
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
