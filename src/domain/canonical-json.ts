/** RFC 8785 (JSON Canonicalization Scheme) for the values an audit event may hold: no floats, nothing undefined inside arrays. */

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** One byte sequence for one value: keys in UTF-16 order, absent keys left out. Throws TypeError on anything but safe integers, well-formed text and plain containers. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return integer(value);
  // Not map(): it would skip a hole, and leave nothing between two commas.
  if (Array.isArray(value))
    return `[${Array.from(value, (item) => canonicalJson(item)).join(',')}]`;
  if (!isPlain(value)) throw new TypeError('only plain values have a canonical form');
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${quoted(key)}:${canonicalJson(item ?? null)}`).join(',')}}`;
}

/** A Date, a Map or a function would else come out as `{}` and lose what it said. */
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
