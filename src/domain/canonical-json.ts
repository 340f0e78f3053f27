/** RFC 8785 (JSON Canonicalization Scheme) for the values of an audit event: no floats, and no undefined in arrays. */

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Returns the one canonical text of a value: keys in UTF-16 order, absent keys left out. Throws TypeError on anything except safe integers, well-formed text, booleans, null and plain containers. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return integer(value);
  // Not map(): it skips holes and leaves nothing between two commas.
  if (Array.isArray(value))
    return `[${Array.from(value, (item) => canonicalJson(item)).join(',')}]`;
  if (!isPlain(value)) throw new TypeError('only plain values have a canonical form');
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${quoted(key)}:${canonicalJson(item ?? null)}`).join(',')}}`;
}

/** Without this check a Date, a Map or a function would become `{}` and lose its content. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('text with a lone surrogate has no canonical form');
  return JSON.stringify(text);
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('only safe integers have a canonical form');
  return String(value);
}
