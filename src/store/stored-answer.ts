/** Encodes answers as JSON that keeps the order of fields and marks dates, so that a repeated answer is the same to the byte. */

const DATE = '$date';

/** As the driver returns it. */
export interface StoredAnswer {
  readonly value: unknown;
}

/** Accepts plain values, lists, objects and dates; undefined fields are left out. */
export function encodeAnswer(value: unknown): string {
  return JSON.stringify({ value: withDatesMarked(value) });
}

export function decodeAnswer({ value }: StoredAnswer): unknown {
  return withDates(value);
}

function withDatesMarked(value: unknown): unknown {
  if (value instanceof Date) return { [DATE]: value.toISOString() };
  return mapEach(value, withDatesMarked);
}

function withDates(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && DATE in value)
    return new Date(String(value[DATE]));
  return mapEach(value, withDates);
}

function mapEach(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}
