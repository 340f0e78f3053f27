/** Lets jobs process due items in transactions of a bounded size, one after another. */

/** Calls `next`, which processes at most `size` items and returns their number, until fewer were due. Resolves with the total. */
export async function inBatches(size: number, next: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = size; batch === size; total += batch) batch = await next();
  return total;
}
