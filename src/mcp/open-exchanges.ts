/** The open HTTP exchanges, so that a stopping server can end waiting calls early and still send their answers. */

export interface Exchanges {
  /** Runs one exchange. The stop signal aborts when the server stops. `work` must not reject. */
  track(work: (stopSignal: AbortSignal) => Promise<void>): void;
  /** Aborts the stop signal of every exchange, then waits until all have ended or `ms` milliseconds have passed. */
  drain(ms: number): Promise<void>;
}

export function createExchanges(): Exchanges {
  const open = new Map<AbortController, Promise<void>>();
  return {
    track(work) {
      const stop = new AbortController();
      const done = work(stop.signal).finally(() => open.delete(stop));
      open.set(stop, done);
    },
    async drain(ms) {
      for (const stop of open.keys()) stop.abort();
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([Promise.all(open.values()), timeout]);
      clearTimeout(timer);
    },
  };
}
