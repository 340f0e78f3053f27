/** Lets long work on many items share the event loop with other requests. */

/** Milliseconds. Well below what a waiting request notices. */
const TURN_MAX = 5;

/** Calls `work` on each item, in order. When it has held the event loop for a few milliseconds, other requests come first. */
export async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => R,
): Promise<R[]> {
  const results: R[] = [];
  let began = performance.now();
  for (const [index, item] of items.entries()) {
    results.push(work(item, index));
    if (performance.now() - began < TURN_MAX) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    began = performance.now();
  }
  return results;
}
