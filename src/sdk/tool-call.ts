/** The tool call of a custom MCP server within which a client waits: whoever called is told, and may give up. */

import { AsyncLocalStorage } from 'node:async_hooks';

/** One call of a tool, as its handler sees it. */
export interface ToolCall {
  /** Aborts when the AI tool gives the call up or is gone. */
  readonly signal: AbortSignal;
  /** Tells the AI tool, if it asked for progress, that this goes on: that keeps its time limit from running out. */
  readonly progress: (message: string) => void;
}

/** Milliseconds between two signs of life: several within the shortest time limit that AI tools are known to have. */
const PROGRESS_EVERY = 10_000;

const calls = new AsyncLocalStorage<ToolCall>();

/** Runs a handler so that whatever it awaits knows the call. */
export const runInToolCall = <T>(call: ToolCall, handle: () => T): T => calls.run(call, handle);

/**
 * Waits. Within a tool call, says so at once and every ten seconds, and hands the waiting a signal that also aborts when the
 * call is given up.
 */
export async function withProgress<T>(
  message: string,
  own: AbortSignal | undefined,
  wait: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const call = calls.getStore();
  if (!call) return wait(own);
  const tell = () => call.progress(message);
  tell();
  const timer = setInterval(tell, PROGRESS_EVERY);
  try {
    return await wait(own ? AbortSignal.any([own, call.signal]) : call.signal);
  } finally {
    clearInterval(timer);
  }
}
