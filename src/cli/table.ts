/** Tables for people: columns as wide as what is in them, nothing cut off; colour says nothing that the words do not. */

import { styleText } from 'node:util';
import { escapeText } from './terminal-text.js';

export type Tone = 'good' | 'bad' | 'open';

export interface Column<T> {
  readonly header: string;
  readonly cell: (row: T) => string | number | undefined;
  /** How it looks where there are colours. */
  readonly tone?: (row: T) => Tone | undefined;
}

const COLOUR = { good: 'green', bad: 'red', open: 'yellow' } as const;

/** One line a row under a line of headers; strangers' words made harmless. Trailing blanks are left out. */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  { colours = false } = {},
): string {
  const headers = columns.map(({ header }) => header.toUpperCase());
  const cells = rows.map((row) => columns.map(({ cell }) => escapeText(String(cell(row) ?? '-'))));
  const widths = columns.map((_, index) =>
    Math.max(...[headers, ...cells].map((line) => width(line[index]))),
  );
  const padded = (line: readonly string[]) =>
    line.map((text, index) => (index === line.length - 1 ? text : pad(text, widths[index] ?? 0)));
  const head = padded(headers).join('  ').trimEnd();
  const lines = rows.map((row, at) =>
    padded(cells[at] ?? [])
      .map((text, index) => (colours ? paint(text, columns[index]?.tone?.(row)) : text))
      .join('  ')
      .trimEnd(),
  );
  // A terminal may be the only one that is told, so its settings were asked before.
  const bold = colours ? styleText('bold', head, { validateStream: false }) : head;
  return [bold, ...lines].join('\n');
}

const paint = (text: string, tone: Tone | undefined) =>
  tone ? styleText(COLOUR[tone], text, { validateStream: false }) : text;

const width = (text = '') => [...text].length;
const pad = (text: string, to: number) => text + ' '.repeat(Math.max(0, to - width(text)));
