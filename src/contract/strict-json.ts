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
  /** How many values, with those of lists and objects. A quarter of a megabyte has room for 130,000, which would hold the event loop. */
  readonly values: number;
}

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: JsonProblem };

/** Reads a body that stays within the limits. Ignores a declared charset: JSON between systems is UTF-8 (RFC 8259, section 8.1). */
export function readStrictJson(bytes: Uint8Array, limits: JsonLimits): ReadJson {
  const text = utf8Text(bytes);
  if (text === undefined) return { ok: false, problem: 'not_json' };
  if (isTooComplex(text, limits)) return { ok: false, problem: 'too_complex' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'not_json' };
  }
  return hasClearNames(text) && isWellFormed(value)
    ? { ok: true, value }
    : { ok: false, problem: 'ambiguous' };
}

/** In one object. None of ours has a tenth of it, and an object with many names costs several times as much as many objects. */
const NAMES_IN_OBJECT = 500;

/** Counts before anything is parsed. The text need not be JSON: every character is looked at once. */
function isTooComplex(text: string, limits: JsonLimits): boolean {
  let values = 0;
  let names = 0;
  /** The number of names in each open object, so far. */
  const open = [0];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',') values += 1;
    else if (character === '{' || character === '[') {
      values += 1;
      if (open.push(0) > limits.levels + 1) return true;
    } else if (character === ':') {
      names += 1;
      const inObject = (open.pop() ?? 0) + 1;
      open.push(inObject);
      if (inObject > NAMES_IN_OBJECT) return true;
    }
    if (names > limits.names || values > limits.values) return true;
  }
  return false;
}

/** The place of the closing quote; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** No object has a name twice or a forbidden name. The text must be valid JSON. */
function hasClearNames(text: string): boolean {
  const objectNames = createObjectNames();
  let last = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      last = text.slice(at, end + 1);
      at = end;
    } else if (character === '{' || character === '[') objectNames.open(character);
    else if (character === '}' || character === ']') objectNames.close();
    else if (character === ':' && !objectNames.add(last)) return false;
  }
  return true;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner));
}
