/** Prints named fields, one per line, with the names aligned in a column. */

import { escapeText } from './terminal-text.js';

/** A field with several values takes several lines. A field without a value is omitted. */
export type Field = readonly [name: string, value: string | readonly string[] | undefined];

export function fieldList(all: readonly Field[]): string {
  const width = Math.max(...all.map(([name]) => name.length));
  return all
    .flatMap(([name, value]) => {
      const values = typeof value === 'string' ? [value] : (value ?? []);
      return values.map((text, index) => [index === 0 ? name : '', text] as const);
    })
    .map(([name, text]) => `${name.padEnd(width)}  ${escapeText(text)}`)
    .join('\n');
}

/** Formats a timestamp for people: `2026-05-01T09:30:15.123Z` becomes `2026-05-01 09:30 UTC`. */
export function formatTime(timestamp: string | undefined): string | undefined {
  return timestamp && `${timestamp.slice(0, 10)} ${timestamp.slice(11, 16)} UTC`;
}
