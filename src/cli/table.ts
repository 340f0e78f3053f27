/** Prints tables for people. Columns fit their widest cell; nothing is cut off. Colour only repeats what the text says. */

import { styleText } from 'node:util';
import { escapeText } from './terminal-text.js';

export type Tone = 'good' | 'bad' | 'open';

export interface Column<T> {
  readonly header: string;
  readonly cell: (row: T) => string | number | undefined;
  /** Colour of the cell, when colours are on. */
  readonly tone?: (row: T) => Tone | undefined;
}

const COLOUR = { good: 'green', bad: 'red', open: 'yellow' } as const;

/** A header line, then one line per row. Control characters in cells are escaped. Lines have no trailing spaces. */
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
  // The caller has already checked the terminal, so styleText must not check a stream again.
  const bold = colours ? styleText('bold', head, { validateStream: false }) : head;
  return [bold, ...lines].join('\n');
}

const paint = (text: string, tone: Tone | undefined) =>
  tone ? styleText(COLOUR[tone], text, { validateStream: false }) : text;

const width = (text = '') => [...text].length;
const pad = (text: string, to: number) => text + ' '.repeat(Math.max(0, to - width(text)));
