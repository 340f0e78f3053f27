/** Connects a waiting client to the MCP tool call it runs in: the AI tool gets progress and can cancel. */

import { AsyncLocalStorage } from 'node:async_hooks';

/** One tool call, as its handler sees it. */
export interface ToolCall {
  /** Aborts when the AI tool cancels the call or disconnects. */
  readonly signal: AbortSignal;
  /** Sends progress to the AI tool, if it requested progress. Progress keeps the call from timing out. */
  readonly progress: (message: string) => void;
}

/** Milliseconds between two progress messages: short enough for several within the shortest known timeout of AI tools. */
const PROGRESS_EVERY = 10_000;

const calls = new AsyncLocalStorage<ToolCall>();

/** Runs a handler so that everything it awaits can find the call. */
export const runInToolCall = <T>(call: ToolCall, handle: () => T): T => calls.run(call, handle);

/**
 * Runs `wait`. Within a tool call, sends a progress message immediately and then every ten seconds, and passes `wait` a signal that
 * also aborts when the AI tool cancels the call.
 */
export async function withProgress<T>(
  message: string,
  signal: AbortSignal | undefined,
  wait: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const call = calls.getStore();
  if (!call) return wait(signal);
  const report = () => call.progress(message);
  report();
  const timer = setInterval(report, PROGRESS_EVERY);
  try {
    return await wait(signal ? AbortSignal.any([signal, call.signal]) : call.signal);
  } finally {
    clearInterval(timer);
  }
}
