/** Answers as JSON that keeps its order and tells dates from text, so that what is answered again is the same to the byte. */

const DATE = '$date';

/** As the driver hands it back. */
export interface Kept {
  readonly value: unknown;
}

/** Plain values, lists, objects and dates; what is undefined is left out. */
export function toKept(value: unknown): string {
  return JSON.stringify({ value: marked(value) });
}

export function fromKept({ value }: Kept): unknown {
  return unmarked(value);
}

function marked(value: unknown): unknown {
  if (value instanceof Date) return { [DATE]: value.toISOString() };
  return each(value, marked);
}

function unmarked(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && DATE in value)
    return new Date(String(value[DATE]));
  return each(value, unmarked);
}

function each(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}
