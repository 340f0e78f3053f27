/** "Did you mean …?": the known word that a mistyped one is closest to. */

/** Slips of the finger that are still taken for the same word; shorter words allow fewer. */
const SLIPS_MAX = 2;
/** Characters. Nothing that is known is longer, and comparing costs the product of both lengths. */
const WORD_MAX = 40;

/** Undefined when nothing is close. Upper and lower case do not matter. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > WORD_MAX) return undefined;
  const typed = word.toLowerCase();
  const ranked = known
    .map((one) => ({ one, slips: slips(typed, one.toLowerCase()) }))
    .filter(({ one, slips }) => slips <= Math.min(SLIPS_MAX, Math.ceil(one.length / 3)))
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.one ?? known.find((one) => typed.length > 2 && one.startsWith(typed));
}

/** Letters left out, added, replaced, or swapped with the next one (optimal string alignment). */
function slips(from: string, to: string): number {
  let older: number[] = [];
  let above = [...Array(to.length + 1).keys()];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const steps = [at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1)];
      row.push(Math.min(...steps, swapped ? at(older, j - 2) + 1 : Infinity));
    }
    older = above;
    above = row;
  }
  return at(above, to.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
