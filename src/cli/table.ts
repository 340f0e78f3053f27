/** Tables for people: columns as wide as what is in them, nothing cut off. */

import { harmless } from './terminal-text.js';

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => string | number | undefined;
}

/** One line a row under a line of heads; strangers' words made harmless. Trailing blanks are left out. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const heads = columns.map(({ head }) => head.toUpperCase());
  const cells = rows.map((row) => columns.map(({ cell }) => harmless(String(cell(row) ?? '-'))));
  const lines = [heads, ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index]))));
  return lines
    .map((line) =>
      line
        .map((text, index) => pad(text, widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const width = (text = '') => [...text].length;
const pad = (text: string, to: number) => text + ' '.repeat(Math.max(0, to - width(text)));
