/** Draws a number as a text bar that lines up with the bars of the other rows. */

/** Maximum length in characters: leaves room for a long name on a terminal of 120 columns. */
const MAX_LENGTH = 30;

/** The bar for `count`, scaled so that `max` fills it. A count above zero is at least one character long. */
export function bar(count: number, max: number): string {
  if (count <= 0) return '';
  return '█'.repeat(Math.max(1, Math.round((count / max) * MAX_LENGTH)));
}
