/** The messages in flight to vsecure, so that each can be cancelled. */
import type { RequestId } from '@modelcontextprotocol/client';

export interface Calls {
  /** Runs `work` with a signal that aborts when the call is cancelled. `id` is undefined for a message that gets no response. */
  start(id: RequestId | undefined, work: (signal: AbortSignal) => Promise<void>): void;
  has(id: RequestId): boolean;
  /** Frees the id, because the response has been sent. The connection may close a little later. */
  answered(id: RequestId): void;
  /** Ignores unknown ids: a cancellation may arrive after the response. */
  cancel(id: RequestId): void;
  /** Cancels every call and resolves when all have ended. */
  stop(): Promise<void>;
}

export function createCalls(): Calls {
  const open = new Map<RequestId, AbortController>();
  const running = new Map<AbortController, Promise<void>>();

  return {
    start(id, work) {
      const call = new AbortController();
      if (id !== undefined) open.set(id, call);
      const done = work(call.signal).finally(() => {
        running.delete(call);
        if (id !== undefined && open.get(id) === call) open.delete(id);
      });
      running.set(call, done);
    },
    has: (id) => open.has(id),
    answered: (id) => void open.delete(id),
    cancel(id) {
      open.get(id)?.abort();
      open.delete(id);
    },
    async stop() {
      const rest = [...running.values()];
      for (const call of running.keys()) call.abort();
      await Promise.allSettled(rest);
    },
  };
}
