/** Stops the server's parts in the reverse of the order in which they were started. */

import type { Log } from '../ports/index.js';

export interface Disposal {
  /** Registers how to stop a part that has just been started. */
  add(name: string, stop: () => unknown): void;
  /** Stops each part once. A part that fails to stop is logged; the others are stopped all the same. */
  run(): Promise<void>;
}

export function createDisposal(log: Log): Disposal {
  const parts: { name: string; stop: () => unknown }[] = [];
  const run = async () => {
    for (let part = parts.pop(); part; part = parts.pop())
      try {
        await part.stop();
      } catch (error) {
        log.warn({ part: part.name, err: error }, 'a part did not stop cleanly');
      }
  };
  return { add: (name, stop) => void parts.push({ name, stop }), run };
}
