/** Facts, one a line, their names in a column of their own. */

import { harmless } from './terminal-text.js';

/** A fact with several values takes several lines; one without a value none. */
export type Fact = readonly [name: string, value: string | readonly string[] | undefined];

export function facts(all: readonly Fact[]): string {
  const width = Math.max(...all.map(([name]) => name.length));
  return all
    .flatMap(([name, value]) => {
      const values = typeof value === 'string' ? [value] : (value ?? []);
      return values.map((text, index) => [index === 0 ? name : '', text] as const);
    })
    .map(([name, text]) => `${name.padEnd(width)}  ${harmless(text)}`)
    .join('\n');
}

/** `2026-05-01T09:30:15.123Z` for people: `2026-05-01 09:30 UTC`. */
export function time(timestamp: string | undefined): string | undefined {
  return timestamp && `${timestamp.slice(0, 10)} ${timestamp.slice(11, 16)} UTC`;
}
