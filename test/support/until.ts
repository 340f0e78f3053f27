/** Waiting for something to become true, never for a time to pass. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL = 5;
const PATIENCE = 20_000;

/** Resolves with the first answer that is neither false nor undefined. Throws, naming `what`, when that takes over `patience` ms. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  patience = PATIENCE,
): Promise<T & {}> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    const answer = await look();
    if (answer) return answer;
    await sleep(POLL);
  }
  throw new Error(`${what} did not happen in time`);
}
