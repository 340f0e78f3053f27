/** A number as a bar of text, to be compared with those above and below it. */

/** Characters: room for the bar beside a long name on a screen of 120. */
const LONGEST = 30;

/** As long as `count` is of `most`, and never nothing where there is something. */
export function bar(count: number, most: number): string {
  if (count <= 0) return '';
  return '█'.repeat(Math.max(1, Math.round((count / most) * LONGEST)));
}
