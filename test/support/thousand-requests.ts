/** The load of an agent fleet gone wild: a thousand requests, each for another resource, within ten seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from './services.js';

export const REQUESTS = 1_000;
/** Milliseconds. */
export const WITHIN = 10_000;
const KEYS = 10;

/** Asks evenly over the ten seconds. `name` begins the names of the keys and of what they ask for. */
export async function askThousand(services: Services, name = 'agent'): Promise<void> {
  const began = performance.now();
  const askers = Array.from({ length: KEYS }, async (_, key) => {
    const { caller } = await services.agent(`${name}-${key}`);
    for (let n = 0; n < REQUESTS / KEYS; n += 1) {
      const early = began + (n * WITHIN * KEYS) / REQUESTS - performance.now();
      if (early > 0) await sleep(early);
      const resources = [`vsecure://secrets/production/${name}_${key}_${n}`];
      await services.ask(caller, { resources });
    }
  });
  await Promise.all(askers);
}
