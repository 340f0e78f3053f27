/** Takes parts down in the reverse of the order in which they were put up. */

import type { Log } from '../ports/index.js';

export interface Disposal {
  /** `take` runs when this part's turn comes. */
  add(name: string, take: () => unknown): void;
  /** Takes everything down, once; a part that fails is logged and does not keep the others up. */
  run(): Promise<void>;
}

export function createDisposal(log: Log): Disposal {
  const parts: { name: string; take: () => unknown }[] = [];
  const run = async () => {
    for (let part = parts.pop(); part; part = parts.pop())
      try {
        await part.take();
      } catch (error) {
        log.warn({ part: part.name, err: error }, 'a part did not stop cleanly');
      }
  };
  return { add: (name, take) => void parts.push({ name, take }), run };
}
