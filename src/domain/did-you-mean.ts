/** "Did you mean …?": finds the known word closest to a mistyped one. */

import { asciiLower } from './ascii.js';

/** Typing errors up to which two words count as the same. Shorter words allow fewer. */
const TYPOS_MAX = 2;
/** Characters. No known word is longer, and a comparison costs the product of both lengths. */
const WORD_MAX = 40;

/** Undefined when no known word is close. The comparison ignores case. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > WORD_MAX) return undefined;
  const typed = asciiLower(word);
  const ranked = known
    // A longer or shorter word needs more typing errors than count; most words end here.
    .filter((one) => Math.abs(one.length - typed.length) <= TYPOS_MAX)
    .map((one) => ({ one, typos: typosBetween(typed, asciiLower(one)) }))
    .filter(({ one, typos }) => typos <= Math.min(TYPOS_MAX, Math.ceil(one.length / 3)))
    .sort((a, b) => a.typos - b.typos);
  return ranked[0]?.one ?? known.find((one) => typed.length > 2 && one.startsWith(typed));
}

/** Words that begin alike differ in what follows. */
function typosBetween(from: string, to: string): number {
  let alike = 0;
  while (alike < from.length && from[alike] === to[alike]) alike += 1;
  // The last equal letter stays, for a swap with it.
  const start = Math.max(0, alike - 1);
  return countTypos(from.slice(start), to.slice(start));
}

/**
 * Counts letters that were left out, added, replaced, or swapped with the next one (optimal string alignment distance). Infinity for more
 * than `TYPOS_MAX`: most pairs of words end after a few letters.
 */
function countTypos(from: string, to: string): number {
  let older: number[] = [];
  let above = [...Array(to.length + 1).keys()];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      let typos = at(above, j - 1) + (same ? 0 : 1);
      typos = Math.min(typos, at(above, j) + 1, at(row, j - 1) + 1);
      if (swapped) typos = Math.min(typos, at(older, j - 2) + 1);
      row.push(typos);
      least = Math.min(least, typos);
    }
    if (least > TYPOS_MAX) return Infinity;
    older = above;
    above = row;
  }
  return at(above, to.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
