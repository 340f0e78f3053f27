/** Jobs do what is due in transactions of a bounded size, one after the other. */

/** Repeats `next`, which does at most `size` and says how many, until less than that was due. Resolves with how many in all. */
export async function inBatches(size: number, next: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = size; batch === size; total += batch) batch = await next();
  return total;
}
