/** Tracks running handlers, so that stopping can wait for them: Bolt's own stop does not. */

import { setTimeout as sleep } from 'node:timers/promises';

export interface InFlight {
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when no handler runs, or after `ms`. */
  drained(ms: number): Promise<void>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<void>>();
  return {
    async run(work) {
      const job = work();
      running.add(job);
      try {
        await job;
      } finally {
        running.delete(job);
      }
    },
    async drained(ms) {
      const done = new AbortController();
      const late = sleep(ms, 'late' as const, { signal: done.signal }).catch(() => 'late' as const);
      while (running.size > 0)
        if ((await Promise.race([Promise.allSettled(running), late])) === 'late') break;
      done.abort();
    },
  };
}
