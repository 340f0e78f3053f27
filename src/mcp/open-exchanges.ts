/** The HTTP exchanges under way, so that a stopping server can let go of those who wait without dropping their answers. */

export interface Exchanges {
  /** Runs one exchange. Its signal aborts when the server stops. `work` must not reject. */
  track(work: (leaving: AbortSignal) => Promise<void>): void;
  /** Aborts every exchange's signal, then waits until all are over, or `ms` have passed. */
  drain(ms: number): Promise<void>;
}

export function createExchanges(): Exchanges {
  const open = new Map<AbortController, Promise<void>>();
  return {
    track(work) {
      const leaving = new AbortController();
      const done = work(leaving.signal).finally(() => open.delete(leaving));
      open.set(leaving, done);
    },
    async drain(ms) {
      for (const leaving of open.keys()) leaving.abort();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([Promise.all(open.values()), late]);
      clearTimeout(timer);
    },
  };
}
